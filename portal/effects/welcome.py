"""Welcomes a person to their role: a link to set a password if they have none yet, else our own e-mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from portal.effects import send_mail, tell_requester
from portal.effects.effect import Concern, about_request, effect
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import note, tell
from portal.model.effects import Effect, EffectKind
from portal.model.mail import MailKind
from portal.model.requests import AccessRequest, RequestState
from portal.services import WorkerServices, now


@effect(EffectKind.WELCOME)
@dataclass(frozen=True, slots=True)
class Welcome:
    """The person is to be able to sign in; `since` is when that became due.

    `request_id` names what was approved; a person who only asked for a new link has none. `forgotten`: they
    have a password, and asked for a link to set another.
    """

    person_id: str
    since: datetime
    request_id: UUID | None = None
    forgotten: bool = False

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Looks what the person needs, and has it sent."""
        person = services.reader.person(self.person_id)
        request = _approved(session, self.request_id)
        has_one = person.enabled and services.reader.has_credential(person.id)
        if has_one and not self.forgotten:
            if request is not None:
                tell(services, session, person, tell_requester.outcome(request))
            return None
        if request is not None:
            note(services, session, person.id, tell_requester.outcome(request))
        if person.enabled:  # Keycloak mails the disabled no link; once enabled, they ask for a new one
            kind = MailKind.PASSWORD_LINK if has_one else MailKind.WELCOME_LINK
            send_mail.write_link(services, session, person, kind, self.request_id)
        return None

    def concerns(self, session: Session) -> Concern:
        return about_request(session, self.request_id) if self.request_id else Concern(self.person_id)


def queue(
    session: Session,
    person_id: str,
    email: str,
    at: datetime,
    request_id: UUID | None = None,
    *,
    forgotten: bool = False,
) -> Effect:
    """Has the person welcomed. The key is its own: nothing else that concerns the person waits for it."""
    payload = Welcome(person_id, now(), request_id, forgotten)
    return queue_effect(session, payload, f"welcome:{email}", at)


def _approved(session: Session, request_id: UUID | None) -> AccessRequest | None:
    request = session.get(AccessRequest, request_id) if request_id else None
    return request if request and request.state is RequestState.APPROVED else None
