"""Answers the wish for another link to an invitation, at the address that was invited and nowhere else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from portal.casework.invitations import basis_now
from portal.effects import send_invitation, send_link, send_mail
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.effects.send_invitation import about, about_invitation
from portal.model.effects import Effect, EffectKind
from portal.model.invitations import Invitation, InvitationState
from portal.model.mail import MailKind
from portal.services import WorkerServices
from portal.store.queries import invitations


@effect(EffectKind.RENEW_INVITATION)
@dataclass(frozen=True, slots=True)
class RenewInvitation:
    """Somebody at this network address wished for another link."""

    invitation_id: UUID
    origin: str

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """A new link while the invitation could be sent today; a link to sign in once it was accepted."""
        one = session.get(Invitation, self.invitation_id, with_for_update=True)
        if one is None:
            return None
        at = services.clock()
        if one.gave_access or one.state is InvitationState.OVERTAKEN:
            send_link.queue(session, one.email, self.origin, at)
        elif _may_go_on(services, session, one):
            send_invitation.send_again(services, session, one.id, self.origin)
        else:
            kind = MailKind.INVITATION_TURNED if one.request_id else MailKind.INVITATION_ENDED
            send_mail.write(services, session, one.email, kind, about(one))
        return None

    def concerns(self, session: Session) -> Concern:
        return about_invitation(session, self.invitation_id)


def queue(session: Session, one: Invitation, origin: str, at: datetime) -> Effect:
    """Has the wish answered, in turn with whatever else concerns the address."""
    return queue_effect(session, RenewInvitation(one.id, origin), one.email, at)


def _may_go_on(services: WorkerServices, session: Session, one: Invitation) -> bool:
    """A cancelled one never; a lapsed one unless another to the same waits, and its sender still could."""
    if one.state not in send_invitation.RENEWABLE:
        return False
    waiting = invitations.waiting_for(session, one.email, one.organisation_code, one.role)
    return waiting in (None, one) and basis_now(services, one).refusal is None
