"""Writes a message to the database, with the effect that will send it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from portal.model.effects import EffectKind
from portal.model.mail import Mail, MailKind
from portal.model.requests import AccessRequest
from portal.settings import Settings
from portal.store import outbox


def queue(
    session: Session,
    settings: Settings,
    to: str,
    kind: MailKind,
    context: dict[str, Any],
    at: datetime,
    request_id: UUID | None = None,
) -> Mail:
    """Queues one message, in the caller's transaction."""
    identity = uuid4()
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
    queue_attempt(session, mail, at)
    return mail


def queue_attempt(session: Session, mail: Mail, at: datetime) -> None:
    """Has the worker send the message. Each message has a key of its own, so none waits for another."""
    outbox.add(session, EffectKind.MAIL, attempt_key(mail.id), {"mail_id": str(mail.id)}, at)


def attempt_key(mail_id: UUID) -> str:
    """The key of the effects that send this message."""
    return f"mail:{mail_id}"


def about(request: AccessRequest, **more: Any) -> dict[str, Any]:
    """What the words of a message about a request are made of."""
    return {
        "name": request.name,
        "email": request.email,
        "organisation": request.organisation_name,
        "code": request.organisation_code,
        "role": request.role.label,
        "reason": request.reason,
        "decision_reason": request.decision_reason,
        "request_id": str(request.id),
    } | more
