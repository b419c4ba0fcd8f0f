"""Answers somebody who asked for a new link: a link, or an e-mail that says what is so instead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.casework.invitations import is_only_invited
from portal.effects import send_invitation, send_mail, welcome
from portal.effects.effect import Concern, asked_before, effect
from portal.effects.effect import queue as queue_effect
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.mail import MailKind
from portal.services import WorkerServices
from portal.store import audit


@effect(EffectKind.SEND_LINK)
@dataclass(frozen=True, slots=True)
class SendLink:
    """Somebody at this network address asked for a link to this e-mail address, in lower case.

    `forgotten`: to set another password, and not only to set a first one.
    """

    email: str
    origin: str
    forgotten: bool = False

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """A link to who needs one; who has a password is told to sign in, the unknown to register.

        The disabled are told that they are, and whom to ask: registering would lead them in a circle.
        Who was only invited so far is sent the invitation: until they accept it they can't sign in.
        """
        at, person = services.clock(), services.reader.person_by_email(self.email)
        if person is not None and is_only_invited(services, session, person):
            person = None
            if send_invitation.send_waiting(services, session, self.email, self.origin):
                return None
        if person is None:
            send_mail.write(services, session, self.email, MailKind.NO_ACCOUNT, {})
        elif not person.enabled:
            send_mail.write(services, session, self.email, MailKind.NO_LINK_WHILE_DISABLED, {})
        elif not self.forgotten and services.reader.has_credential(person.id):
            send_mail.write(services, session, self.email, MailKind.HAS_PASSWORD, {})
        else:
            welcome.queue(session, person.id, self.email, at, forgotten=self.forgotten)
            after = {"address": self.email}
            event = AuditEvent(AuditKind.LINK_SENT, person.id, after=after, origin=self.origin)
            audit.append(session, event, at)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.email)


def queue(session: Session, email: str, origin: str, at: datetime, *, forgotten: bool = False) -> Effect:
    """Has the wish answered, in turn with whatever else concerns the address.

    Once for two clicks: a second link would end the first.
    """
    wish = SendLink(email, origin, forgotten)
    return asked_before(session, wish, email, at) or queue_effect(session, wish, email, at)
