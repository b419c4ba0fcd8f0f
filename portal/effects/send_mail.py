"""Sends one message.

The row is written in full before the mail server is spoken to, so that between the server's "taken" and our
commit there is nothing left to fail but the process or the database itself. If one of those dies just then
the message goes out twice, with the same Message-ID: rather twice than never.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import Counter
from sqlalchemy.orm import Session

from directory.vocabulary import Person
from portal.effects import keycloak_mail
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.mail.render import render
from portal.mail.sender import MailRefused, MailUnavailable
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.mail import SENT_BY_KEYCLOAK, Mail, MailKind, MailState
from portal.services import WorkerServices, now

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)
LONGEST_WHILE_AWAY = timedelta(seconds=5)
"""A server that doesn't answer is asked often, so that nothing waits long once it is back."""
OUTCOMES = Counter("cqrs_mail_total", "What became of an attempt to send a message", ["outcome"])


@effect(EffectKind.MAIL)
@dataclass(frozen=True, slots=True)
class SendMail:
    """The message of this id is to be sent."""

    mail_id: UUID

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Sends it, unless it is no longer queued; how long to wait when the mail server is away."""
        mail = session.get(Mail, self.mail_id, with_for_update=True)
        if mail is None or mail.state is not MailState.QUEUED:
            return None
        _write_as_sent(services, session, mail)
        try:
            _hand_over(services, mail)
        except MailRefused as refused:
            _not_sent(mail, MailState.REFUSED, str(refused))
        except MailUnavailable as away:
            return _unavailable(mail, away)
        OUTCOMES.labels(mail.state.value).inc()
        return None

    def concerns(self, session: Session) -> Concern:
        mail = session.get_one(Mail, self.mail_id)
        return Concern(mail.to_address, "", mail.request_id)


def write(
    services: WorkerServices,
    session: Session,
    to: str,
    kind: MailKind,
    context: dict[str, Any],
    request_id: UUID | None = None,
    identity: UUID | None = None,
) -> Mail:
    """Writes one message, made of these facts, and has it sent."""
    identity, at, settings = identity or uuid4(), services.clock(), services.settings
    mail = Mail(
        id=identity,
        to_address=to,
        kind=kind,
        context=context,
        created_at=at,
        retry_until=at + timedelta(hours=settings.mail_retry_hours),
        request_id=request_id,
        message_id=f"<{identity}@{settings.mail_from.rpartition('@')[2] or 'localhost'}>",
    )
    session.add(mail)
    session.flush()
    queue(session, mail, at)
    return mail


def write_link(
    services: WorkerServices, session: Session, person: Person, kind: MailKind, request_id: UUID | None = None
) -> Mail:
    """Has Keycloak mail the person a link of one of the kinds that only it can make."""
    return write(services, session, person.email, kind, _due_now(person.id), request_id)


def renew(mail: Mail) -> None:
    """What Keycloak mailed before counts no more: it is to go once again."""
    if mail.kind in SENT_BY_KEYCLOAK:
        mail.context = _due_now(mail.context["person_id"])


def _due_now(person_id: str) -> dict[str, Any]:
    """By the clock on the wall, which is Keycloak's too."""
    return {"person_id": person_id, "since": now().isoformat()}


def queue(session: Session, mail: Mail, at: datetime, urgency: Urgency = Urgency.WHENEVER) -> Effect:
    """Has the message sent. Each message has a key of its own, so none waits for another."""
    return queue_effect(session, SendMail(mail.id), key_of(mail.id), at, urgency)


def key_of(mail_id: UUID) -> str:
    """The key of the effects that send this message."""
    return f"mail:{mail_id}"


def _hand_over(services: WorkerServices, mail: Mail) -> None:
    if mail.kind in SENT_BY_KEYCLOAK:
        keycloak_mail.send(services, mail)
    else:
        services.post.send(render(mail, services.settings))


def _write_as_sent(services: WorkerServices, session: Session, mail: Mail) -> None:
    at = services.clock()
    mail.state, mail.sent_at, mail.last_attempt_at = MailState.SENT, at, at
    mail.attempts, mail.error = mail.attempts + 1, ""
    session.flush()


def _not_sent(mail: Mail, state: MailState, error: str) -> None:
    mail.state, mail.error, mail.sent_at = state, error[:1000], None


def _unavailable(mail: Mail, away: MailUnavailable) -> timedelta | None:
    assert mail.last_attempt_at is not None  # noqa: S101 - set just before
    last = mail.last_attempt_at >= mail.retry_until
    _not_sent(mail, MailState.FAILED if last else MailState.QUEUED, str(away))
    OUTCOMES.labels(mail.state.value).inc()
    longest = LONGEST_WAIT if away.answered else LONGEST_WHILE_AWAY
    return None if last else min(longest, FIRST_WAIT * 2 ** min(mail.attempts - 1, 10))
