"""Which organisations and which requests a role reaches, in SQL: the lists' side of what the rules decide."""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true

from directory.vocabulary import (
    COMMISSIONING_TYPES,
    PROVIDER_TYPES,
    ApprovalLevel,
    Holding,
    OrganisationStatus,
    OrganisationType,
    Role,
)
from portal.model.invitations import Invitation
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest
from portal.rules.conditions import NO, OVER, OVER_MULTI_LEVEL, OWN_PROVIDER, YES, Condition
from portal.rules.rights import GIVES, TABLE, Action
from portal.rules.roles import PROVIDER_STAFF
from portal.rules.scope import is_region, levels_below
from portal.store.mailboxes import is_same_mailbox

Organisation = MirroredOrganisation
LEVELS_BELOW = {kind.value: levels_below(kind) for kind in OrganisationType}


def is_everywhere(holding: Holding) -> bool:
    """Whether it is the Service Desk's, which stands over everybody, with a role or without."""
    return holding.role is Role.SERVICE_DESK and not holding.path


def under(holding: Holding) -> ColumnElement[bool]:
    """Whether the holding is at a commissioner over an organisation, a closed one too; the Service Desk's is.

    And whether the organisation is in the person's clusters there, for somebody who is restricted.

    An ODS code stands once in the tree, so a path that names the holding's organisation runs through it. What
    commissions nothing, a region or a provider, is over nothing.
    """
    if is_everywhere(holding):
        return true()
    if not holding.path or is_region(holding.path):
        return false()
    nearest = func.cardinality(Organisation.path) - case(LEVELS_BELOW, value=Organisation.type, else_=1)
    below = and_(Organisation.path.contains([holding.path[-1]]), nearest >= len(holding.path))
    return and_(below, _listed(holding))


def _listed(holding: Holding) -> ColumnElement[bool]:
    """Whether the person's clusters let the role see it: `rules.scope.is_listed` as a condition.

    Nothing above the holding's organisation, nor that itself, counts as listed.
    """
    if holding.only is None:
        return true()
    codes = sorted(holding.only.difference(holding.path))
    return Organisation.path.overlap(codes) if codes else false()


def stands_over(holding: Holding) -> ColumnElement[bool]:
    """Whether the holding stands over an organisation: by the table, sees its people.

    So a closed one has left every scope but everybody's, and a provider's approver stands over exactly their
    own provider, while that is multi-level: its branches have approvers of their own.
    """
    return IN_SQL[TABLE[Action.SEE_PEOPLE].cell(holding.role)](holding)


def _everywhere(holding: Holding) -> ColumnElement[bool]:
    return true() if is_everywhere(holding) else false()


def _over(holding: Holding) -> ColumnElement[bool]:
    return and_(under(holding), Organisation.status != OrganisationStatus.CLOSED)


def _own_provider(holding: Holding) -> ColumnElement[bool]:
    return and_(
        Organisation.code == holding.organisation,
        Organisation.type.in_(PROVIDER_TYPES),
        Organisation.status != OrganisationStatus.CLOSED,
        Organisation.approval_level == ApprovalLevel.MULTI,
    )


def _over_multi_level(holding: Holding) -> ColumnElement[bool]:
    return and_(_over(holding), Organisation.approval_level == ApprovalLevel.MULTI)


def _nothing(_holding: Holding) -> ColumnElement[bool]:
    return false()


IN_SQL: Mapping[Condition, Callable[[Holding], ColumnElement[bool]]] = {
    YES: _everywhere,
    OVER: _over,
    OWN_PROVIDER: _own_provider,
    OVER_MULTI_LEVEL: _over_multi_level,
    NO: _nothing,
}
"""The cells of the table's rows on accounts and on invitations, as conditions on the joined organisation."""


def invitable(holding: Holding) -> ColumnElement[bool]:
    """Whether a holder may invite somebody to the organisation: `rules.invitations` as a condition."""
    return or_(*(and_(_invites(action, holding), _offers(action)) for action in GIVES))


def may_have_invited(holding: Holding) -> ColumnElement[bool]:
    """Whether a holder may send the invitation that the organisation is joined to.

    Also at an organisation that has closed or changed since: whoever could have sent it then looks after it.
    """
    return or_(*(and_(_invites(action, holding), Invitation.role.in_(GIVES[action])) for action in GIVES))


def _invites(action: Action, holding: Holding) -> ColumnElement[bool]:
    return IN_SQL[TABLE[action].cell(holding.role)](holding)


def _offers(action: Action) -> ColumnElement[bool]:
    """Whether the organisation offers what this row gives: `rules.roles.offered` as a condition."""
    open_ = Organisation.status == OrganisationStatus.OPEN
    if action is Action.INVITE_COMMISSIONER_STAFF:
        return and_(open_, Organisation.type.in_(COMMISSIONING_TYPES))
    provider = and_(open_, Organisation.type.in_(PROVIDER_TYPES))
    multi = Organisation.approval_level == ApprovalLevel.MULTI
    return and_(provider, multi) if action is Action.INVITE_PROVIDER_APPROVER else provider


def has_active_approver() -> ColumnElement[bool]:
    """Whether the organisation has a Provider Approver, active and not the request's applicant."""
    return exists(
        select(1)
        .select_from(MirroredHolding)
        .join(MirroredPerson, MirroredPerson.id == MirroredHolding.person_id)
        .where(
            MirroredHolding.organisation_code == Organisation.code,
            MirroredHolding.role == Role.PROVIDER_APPROVER,
            MirroredPerson.enabled,
            MirroredPerson.id != func.coalesce(AccessRequest.person_id, ""),
            ~is_same_mailbox(MirroredPerson.email, AccessRequest.email),
        )
        .correlate(Organisation, AccessRequest)
    )


def decidable(holding: Holding) -> ColumnElement[bool]:
    """Whether a holder may decide the joined request, themselves apart: `rules.decisions` as a condition."""
    if holding.role is Role.SERVICE_DESK:
        return _everywhere(holding)
    if holding.role is Role.COMMISSIONER_APPROVER:
        return and_(_over(holding), _left_to_commissioner())
    if holding.role is Role.PROVIDER_APPROVER:
        return and_(_own_provider(holding), AccessRequest.role.in_(PROVIDER_STAFF))
    return false()


def _left_to_commissioner() -> ColumnElement[bool]:
    single = Organisation.approval_level == ApprovalLevel.SINGLE
    staff = AccessRequest.role.in_(PROVIDER_STAFF)
    approver = AccessRequest.role == Role.PROVIDER_APPROVER
    waiting = or_(AccessRequest.escalated_at.is_not(None), ~has_active_approver())
    return or_(
        ~or_(staff, approver),
        and_(approver, ~single),
        and_(staff, or_(single, waiting)),
    )
