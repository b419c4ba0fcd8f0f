"""Makes an invited person's account, which can do nothing yet, and mails them the link."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from directory.vocabulary import Person
from portal.casework.invitations import begin_round, invitation_event, invited_person
from portal.effects import send_mail
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.invitations import Invitation, InvitationState
from portal.model.mail import MailKind
from portal.rules.calendar import LONDON
from portal.services import WorkerServices
from portal.store import audit
from portal.store.queries import invitations

RENEWABLE = frozenset({InvitationState.PENDING, InvitationState.LAPSED})


@effect(EffectKind.SEND_INVITATION)
@dataclass(frozen=True, slots=True)
class SendInvitation:
    """The link of this round of the invitation is to be mailed."""

    invitation_id: UUID
    round: int

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Nothing for an invitation that has ended since, or whose newer link is on its way."""
        one = session.get(Invitation, self.invitation_id, with_for_update=True)
        if one is None or not one.is_pending or one.round != self.round:
            return None
        ensure_account(services, session, one)
        send_mail.write(services, session, one.email, MailKind.INVITATION, about(one))
        return None

    def concerns(self, session: Session) -> Concern:
        return about_invitation(session, self.invitation_id)


def queue(session: Session, one: Invitation, at: datetime) -> Effect:
    """Has the newest link mailed, in turn with whatever else concerns the address."""
    return queue_effect(session, SendInvitation(one.id, one.round), one.email, at)


def send_again(services: WorkerServices, session: Session, invitation_id: UUID, origin: str) -> bool:
    """A new link for somebody at this network address; not for an invitation that has ended, lapsed apart."""
    one = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if one is None or one.state not in RENEWABLE:
        return False
    at, before = services.clock(), {"round": one.round}
    begin_round(services, one, at)
    session.flush()
    queue(session, one, at)
    by = invited_person(one, origin)
    audit.append(session, invitation_event(AuditKind.INVITATION_RESENT, one, by, before), at)
    return True


def send_waiting(services: WorkerServices, session: Session, email: str, origin: str) -> bool:
    """The same for all that wait for this address; whether any does."""
    waiting = [one.id for one in invitations.of_address(session, email) if one.is_pending]
    sent = [send_again(services, session, one, origin) for one in waiting]
    return any(sent)


def about_invitation(session: Session, invitation_id: UUID) -> Concern:
    """The invited address and the organisation."""
    one = session.get(Invitation, invitation_id)
    return Concern(one.email, one.organisation_code) if one else Concern(str(invitation_id))


def ensure_account(services: WorkerServices, session: Session, one: Invitation) -> Person:
    """The invited person's account: enabled, with no credential and no role while nobody uses it."""
    mark = str(one.id)
    person = services.writer.ensure_person(one.email, one.first_name, one.last_name, mark)
    one.person_id = person.id
    session.flush()
    return person


def about(one: Invitation) -> dict[str, str]:
    """What the words of messages about the invitation are made of; the secret of its link isn't among it."""
    return {
        "invitation_id": str(one.id),
        "round": str(one.round),
        "name": one.name,
        "email": one.email,
        "by": one.invited_by_name,
        "organisation": one.organisation_name,
        "code": one.organisation_code,
        "role": one.role.label,
        "until": f"{one.lapses_at.astimezone(LONDON):%-d %B %Y}",
    }
