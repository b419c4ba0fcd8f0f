"""Reads what became of messages, and what is stuck, for the Service Desk."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.vocabulary import Holding
from portal.model.effects import Effect, EffectKind
from portal.model.mail import Mail, MailKind, MailState
from portal.model.mirror import MirroredOrganisation
from portal.store.queries.page import Page, bounds
from portal.store.queries.reach import under


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


def register_links(session: Session, holding: Holding, number: int = 1, size: int = 10) -> Page[Mail]:
    """Messages with a link to register, for the providers under the holding, the newest first."""
    number, size = bounds(number, size)
    at = MirroredOrganisation.code == Mail.context["code"].astext
    found = select(Mail).join(MirroredOrganisation, at)
    found = found.where(Mail.kind == MailKind.REGISTER_LINK, under(holding))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    newest = found.order_by(Mail.created_at.desc(), Mail.id).limit(size).offset((number - 1) * size)
    return Page(list(session.scalars(newest)), number, size, total)


def get(session: Session, mail_id: UUID) -> Mail | None:
    return session.get(Mail, mail_id)


def stuck(session: Session, mails: Collection[Mail]) -> dict[UUID, str]:
    """Those of these messages that nothing sends any more though they are queued, by id, with the fault."""
    ids = [str(mail.id) for mail in mails if mail.state is MailState.QUEUED]
    mail_id = Effect.payload["mail_id"].astext
    statement = select(mail_id, Effect.last_error).where(
        Effect.kind == EffectKind.MAIL, Effect.done_at.is_(None), Effect.parked_at.is_not(None)
    )
    return {UUID(found): error for found, error in session.execute(statement.where(mail_id.in_(ids)))}


def stuck_effects(session: Session, limit: int = 100) -> Sequence[Effect]:
    """What Keycloak refused for good, or we couldn't do: to be tried again once the cause is gone."""
    statement = select(Effect).where(Effect.done_at.is_(None), Effect.parked_at.is_not(None))
    return list(session.scalars(statement.order_by(Effect.id).limit(limit)))


def waiting_count(session: Session) -> int:
    """How many effects are still to be done."""
    waiting = select(func.count()).select_from(Effect)
    return session.scalar(waiting.where(Effect.done_at.is_(None), Effect.parked_at.is_(None))) or 0
