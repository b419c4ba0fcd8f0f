"""The rights matrix: what each role may do to another person, in one table.

Everything else is worked out from it.

Three rules stand above the table, and each act applies them before it: nobody acts on themselves
(`decisions`, `accounts`), nobody acts on an account with a role that they could not grant (`accounts`), and
the disabled and those whose organisation has closed have no powers (`actor.powerless`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from directory.vocabulary import ApprovalLevel, Holding, Organisation, Role
from portal.rules.actor import Actor, powerless
from portal.rules.conditions import (
    NO,
    NO_SINGLE,
    OF_THAT_ORGANISATION,
    OVER,
    OVER_ANYBODY,
    OVER_MULTI_LEVEL,
    OVER_ORDINARY_PEOPLE,
    OVER_WITHOUT_APPROVER,
    OWN_PROVIDER,
    SELF,
    YES,
    Condition,
    Place,
)
from portal.rules.roles import COMMISSIONER_STAFF, PROVIDER_STAFF, offered
from portal.rules.verdict import Refusal, Verdict


class Action(StrEnum):
    """Everything that one person may do about another. The value is the table's wording."""

    INVITE_PROVIDER_STAFF = "invite Provider User / Finance"
    INVITE_PROVIDER_APPROVER = "invite Provider Approver"
    INVITE_COMMISSIONER_STAFF = "invite commissioner staff"
    DECIDE_PROVIDER_STAFF_SINGLE = "approve or reject a User / Finance request, single-level provider"
    DECIDE_PROVIDER_STAFF_MULTI = "approve or reject a User / Finance request, multi-level provider"
    DECIDE_PROVIDER_APPROVER = "approve or reject a Provider Approver request"
    DECIDE_COMMISSIONER_STAFF = "approve or reject a commissioner-staff request"
    SEE_PEOPLE = "see people and their access"
    SEE_PROVIDERS = "see providers"
    SEND_LINKS = "send providers the link to register"
    UNLOCK = "unlock"
    REMOVE_SECOND_FACTORS = "remove lost second factors"
    DISABLE = "disable"
    ENABLE = "enable"
    REVOKE = "revoke"
    REMOVE_ROLE = "remove one role"
    PASSWORD = "set or see a password"  # noqa: S105 - the name of an act, not a secret
    APPROVAL_LEVEL = "approval level of a provider"
    CLUSTERS = "clusters: create, change, delete"
    ASSIGN = "assign roles, payment types and clusters on User Details"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: one condition for each column, and for the administrators it names beside them."""

    provider_approver: Condition
    commissioner_approver: Condition
    service_desk: Condition
    anyone_else: Condition = NO
    administrators: Mapping[Role, Condition] = field(default_factory=dict)

    def cell(self, role: Role) -> Condition:
        """The condition under which a holder of that role may."""
        match role:
            case Role.PROVIDER_APPROVER:
                return self.provider_approver
            case Role.COMMISSIONER_APPROVER:
                return self.commissioner_approver
            case Role.SERVICE_DESK:
                return self.service_desk
        return self.administrators.get(role, self.anyone_else)


_SEES = {
    Role.ORGANISATION_ADMINISTRATOR: OVER,
    Role.USER_ADMINISTRATOR: OVER,
    Role.ADVANCED_USER_ADMINISTRATOR: OVER,
}
_CLUSTER = {Role.ORGANISATION_ADMINISTRATOR: OF_THAT_ORGANISATION}
_DETAILS = {
    Role.USER_ADMINISTRATOR: OVER_ORDINARY_PEOPLE,
    Role.ADVANCED_USER_ADMINISTRATOR: OVER_ANYBODY,
}

# fmt: off
TABLE: Mapping[Action, Row] = {
    #                                        Provider       Commissioner           Service  anyone
    #                                        Approver       Approver over it       Desk     else
    Action.INVITE_PROVIDER_STAFF:        Row(OWN_PROVIDER,  NO,                    YES,     NO),
    Action.INVITE_PROVIDER_APPROVER:     Row(NO,            OVER_MULTI_LEVEL,      YES,     NO),
    Action.INVITE_COMMISSIONER_STAFF:    Row(NO,            OVER,                  YES,     NO),
    Action.DECIDE_PROVIDER_STAFF_SINGLE: Row(NO_SINGLE,     OVER,                  YES,     NO),
    Action.DECIDE_PROVIDER_STAFF_MULTI:  Row(OWN_PROVIDER,  OVER_WITHOUT_APPROVER, YES,     NO),
    Action.DECIDE_PROVIDER_APPROVER:     Row(NO,            OVER_MULTI_LEVEL,      YES,     NO),
    Action.DECIDE_COMMISSIONER_STAFF:    Row(NO,            OVER,                  YES,     NO),
    Action.SEE_PEOPLE:                   Row(OWN_PROVIDER,  OVER,                  YES,     NO, _SEES),
    Action.SEE_PROVIDERS:                Row(NO,            OVER,                  YES,     NO, _SEES),
    Action.SEND_LINKS:                   Row(NO,            OVER,                  YES,     NO),
    Action.UNLOCK:                       Row(OWN_PROVIDER,  OVER,                  YES,     NO),
    Action.REMOVE_SECOND_FACTORS:        Row(OWN_PROVIDER,  OVER,                  YES,     NO),
    Action.DISABLE:                      Row(OWN_PROVIDER,  OVER,                  YES,     NO),
    Action.ENABLE:                       Row(OWN_PROVIDER,  OVER,                  YES,     NO),
    Action.REVOKE:                       Row(OWN_PROVIDER,  OVER,                  YES,     NO),
    Action.REMOVE_ROLE:                  Row(OWN_PROVIDER,  OVER,                  YES,     NO),
    Action.PASSWORD:                     Row(SELF,          SELF,                  SELF,    SELF),
    Action.APPROVAL_LEVEL:               Row(NO,            OVER,                  YES,     NO),
    Action.CLUSTERS:                     Row(NO,            NO,                    YES,     NO, _CLUSTER),
    Action.ASSIGN:                       Row(NO,            NO,                    YES,     NO, _DETAILS),
}
# fmt: on

GIVES: Mapping[Action, tuple[Role, ...]] = {
    Action.INVITE_PROVIDER_STAFF: PROVIDER_STAFF,
    Action.INVITE_PROVIDER_APPROVER: (Role.PROVIDER_APPROVER,),
    Action.INVITE_COMMISSIONER_STAFF: COMMISSIONER_STAFF,
}
ON_ACCOUNTS = frozenset(
    {
        Action.UNLOCK,
        Action.REMOVE_SECOND_FACTORS,
        Action.DISABLE,
        Action.ENABLE,
        Action.REVOKE,
        Action.REMOVE_ROLE,
    }
)


def may(action: Action, actor: Actor, place: Place) -> Verdict:
    """Whether the actor may do this for that organisation, by the table and the state of both.

    Acts on a person go through `decisions` and `accounts`, which know the person and apply the rules above
    the table before they ask here.
    """
    refusal = powerless(actor) or refused_by_table(action, actor.holding, place)
    return Verdict(refusal or _misplaced(action, place.organisation))


def refused_by_table(action: Action, holding: Holding | None, place: Place) -> Refusal | None:
    """What the table alone says to a holder of that role there: None when it allows."""
    if holding is None:
        return Refusal.NO_ROLE
    return TABLE[action].cell(holding.role).refuses(place, holding)


def _misplaced(action: Action, organisation: Organisation) -> Refusal | None:
    """Why this can't be done for that organisation, whoever asks."""
    if action in GIVES:
        return _not_giving(GIVES[action], organisation)
    fits = {
        Action.APPROVAL_LEVEL: organisation.is_provider,
        Action.SEE_PROVIDERS: organisation.is_provider,
        Action.SEND_LINKS: organisation.is_provider,
        Action.CLUSTERS: organisation.is_commissioner,
        Action.DECIDE_PROVIDER_STAFF_SINGLE: organisation.approval_level is ApprovalLevel.SINGLE,
        Action.DECIDE_PROVIDER_STAFF_MULTI: organisation.approval_level is ApprovalLevel.MULTI,
    }
    return None if fits.get(action, True) else Refusal.NOT_FOR_THIS_ORGANISATION


def _not_giving(roles: tuple[Role, ...], organisation: Organisation) -> Refusal | None:
    if not organisation.is_open:
        return Refusal.ORGANISATION_NOT_OPEN
    given = any(role in offered(organisation) for role in roles)
    return None if given else Refusal.ROLE_NOT_OFFERED
