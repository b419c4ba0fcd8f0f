"""Reads what became of messages, and what is stuck, for the Service Desk."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.model.effects import Effect
from portal.model.mail import Mail, MailState
from portal.store.queries.page import Page, bounds


def listing(
    session: Session, state: MailState | None = None, address: str = "", number: int = 1, size: int = 10
) -> Page[Mail]:
    """Messages, the newest first; only of one state, and only to addresses that contain what was typed."""
    number, size = bounds(number, size)
    statement = select(Mail)
    if state is not None:
        statement = statement.where(Mail.state == state)
    if address.strip():
        statement = statement.where(Mail.to_address.icontains(address.strip().lower(), autoescape=True))
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    newest = statement.order_by(Mail.created_at.desc(), Mail.id).limit(size).offset((number - 1) * size)
    return Page(list(session.scalars(newest)), number, size, total)


def counts(session: Session) -> dict[MailState, int]:
    """How many messages are in each state."""
    found = session.execute(select(Mail.state, func.count()).group_by(Mail.state))
    return dict.fromkeys(MailState, 0) | dict(found.all())


def get(session: Session, mail_id: UUID) -> Mail | None:
    return session.get(Mail, mail_id)


def stuck_effects(session: Session, limit: int = 100) -> Sequence[Effect]:
    """What Keycloak refused for good: each can be tried again once its cause is gone."""
    statement = select(Effect).where(Effect.done_at.is_(None), Effect.parked_at.is_not(None))
    return list(session.scalars(statement.order_by(Effect.id).limit(limit)))


def waiting_count(session: Session) -> int:
    """How many effects are still to be done."""
    waiting = select(func.count()).select_from(Effect)
    return session.scalar(waiting.where(Effect.done_at.is_(None), Effect.parked_at.is_(None))) or 0
