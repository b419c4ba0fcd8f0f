"""Who may decide on a request, worked out from the present facts each time it is asked."""

from dataclasses import dataclass

from directory.vocabulary import ApprovalLevel, Organisation, Role
from portal.rules.actor import Actor, powerless
from portal.rules.conditions import Place
from portal.rules.rights import Action, may
from portal.rules.roles import COMMISSIONER_STAFF, PROVIDER_STAFF, offered
from portal.rules.verdict import Refusal, Verdict


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as the rules see it: who asks for which role at which organisation, as it is now.

    `applicant_id` is None while the person has no account. `escalated`: unanswered so long that it also went
    to the next level up.
    """

    organisation: Organisation
    role: Role
    applicant_id: str | None
    applicant_email: str
    escalated: bool = False


def decision_on(organisation: Organisation, role: Role) -> Action | None:
    """The row of the table that a request for this role at the organisation falls under.

    None for the Service Desk's role, which is given in Keycloak's console alone and can't be asked for.
    """
    if role in COMMISSIONER_STAFF:
        return Action.DECIDE_COMMISSIONER_STAFF
    if role is Role.PROVIDER_APPROVER:
        return Action.DECIDE_PROVIDER_APPROVER
    if role not in PROVIDER_STAFF:
        return None
    multi = organisation.approval_level is ApprovalLevel.MULTI
    return Action.DECIDE_PROVIDER_STAFF_MULTI if multi else Action.DECIDE_PROVIDER_STAFF_SINGLE


def may_decide(ask: Ask, actor: Actor, has_active_approver: bool) -> Verdict:
    """Whether the actor may approve or reject the request at this moment.

    `has_active_approver`: the organisation has a Provider Approver who is neither disabled nor the
    applicant. Whether an approval can still be carried out is `approval_barred`'s to say.
    """
    refusal = powerless(actor)
    if refusal is None and actor.is_person(ask.applicant_id, ask.applicant_email):
        refusal = Refusal.YOURSELF
    action = decision_on(ask.organisation, ask.role)
    if refusal or action is None:
        return Verdict(refusal or Refusal.ROLE_NOT_OFFERED)
    return may(action, actor, Place(ask.organisation, ask.role, has_active_approver, ask.escalated))


def approval_barred(organisation: Organisation, role: Role, *, applicant_works: bool) -> Refusal | None:
    """Why a request can now only be rejected, whoever decides; None while it can be approved.

    So it is when the organisation has closed since, or has become one that doesn't offer the role, and when
    the applicant's account doesn't work: it has been disabled, or is gone.
    """
    if not organisation.is_open:
        return Refusal.ORGANISATION_NOT_OPEN
    if role not in offered(organisation):
        return Refusal.ROLE_NOT_OFFERED
    return None if applicant_works else Refusal.APPLICANT_DISABLED
