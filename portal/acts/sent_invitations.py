"""Whoever may invite somewhere looks after the invitations that wait there: sends one again, cancels it."""

from uuid import UUID

from sqlalchemy.orm import Session

from portal.acts.admission import admit_address, admit_inviter
from portal.acts.origin import Origin
from portal.casework.audit_events import author
from portal.casework.current_state import actor_now, organisation_asked
from portal.casework.invitations import begin_round, close, invitation_event
from portal.effects import end_invitation, send_invitation
from portal.model.audit import AuditKind
from portal.model.invitations import Invitation, InvitationState
from portal.rules.actor import ActingAs, Actor, powerless
from portal.rules.conditions import Place
from portal.rules.errors import InvitationEnded, NotAllowed, NothingFound
from portal.rules.invitations import invitation_to, may_invite
from portal.rules.rights import refused_by_table
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store import audit


def preview(services: Services, asked_by: ActingAs, invitation_id: UUID) -> Invitation:
    """The invitation that would be cancelled. Raises NotAllowed, NothingFound, InvitationEnded."""
    _actor, one = _looked_after(services, asked_by, invitation_id)
    if not one.is_pending:
        raise InvitationEnded(str(invitation_id))
    return one


def resend(
    services: Services, asked_by: ActingAs, invitation_id: UUID, origin: Origin, seen: str = ""
) -> Invitation:
    """Sends a new link, which replaces those before; from then on whoever did so answers for the invitation.

    `seen` is the number of the newest link that the page knew of, if it says so: when there is a newer one
    already, as after a second click, none is sent. Raises NotAllowed, NothingFound, TooManyAttempts, and
    InvitationEnded when it isn't waiting any more.
    """
    actor, one = _looked_after(services, asked_by, invitation_id)
    verdict = may_invite(actor, organisation_asked(services, one), one.role, one.email)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    with services.sessions.begin() as session:
        return _send_again(services, session, actor, one.id, origin, seen)


def _send_again(
    services: Services, session: Session, actor: Actor, invitation_id: UUID, origin: Origin, seen: str
) -> Invitation:
    one = session.get(Invitation, invitation_id, with_for_update=True)
    if one is None or not one.is_pending:
        raise InvitationEnded(str(invitation_id))
    if seen not in ("", str(one.round)):
        return one
    assert actor.holding is not None  # noqa: S101 - judged before
    admit_inviter(services, session, "invite", actor.id)
    admit_address(services, session, "invite", one.email)
    at, before = services.clock(), {"round": one.round}
    begin_round(services, one, at)
    one.invited_by, one.invited_by_name = actor.id, actor.standing.person.display_name
    one.invited_as, one.invited_from = actor.holding.role, actor.holding.organisation
    session.flush()
    send_invitation.queue(session, one, at)
    by = author(actor, origin.address)
    audit.append(session, invitation_event(AuditKind.INVITATION_RESENT, one, by, before), at)
    return one


def cancel(services: Services, asked_by: ActingAs, invitation_id: UUID, origin: Origin) -> Invitation:
    """Takes the invitation back; an account that nobody used goes with it.

    Raises NotAllowed, NothingFound, and InvitationEnded when somebody was quicker.
    """
    actor, _one = _looked_after(services, asked_by, invitation_id)
    at = services.clock()
    with services.sessions.begin() as session:
        one = close(session, invitation_id, InvitationState.CANCELLED, at)
        effect = end_invitation.queue(session, one, at)
        by = author(actor, origin.address)
        audit.append(session, invitation_event(AuditKind.INVITATION_CANCELLED, one, by), at)
    services.wait([effect.id])
    return one


def _looked_after(services: Services, asked_by: ActingAs, invitation_id: UUID) -> tuple[Actor, Invitation]:
    """The invitation, when the actor could have sent it. Raises NotAllowed, NothingFound."""
    with services.sessions() as session:
        one = session.get(Invitation, invitation_id)
    if one is None:
        raise NothingFound(str(invitation_id))
    actor = actor_now(services, asked_by)
    place = Place(organisation_asked(services, one), one.role)
    action = invitation_to(one.role)
    refusal = powerless(actor) or (
        refused_by_table(action, actor.holding, place) if action else Refusal.ROLE_NOT_OFFERED
    )
    if refusal:
        raise NotAllowed(Verdict(refusal))
    return actor, one
