"""Reads a person's notices."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.model.notices import Notice
from portal.store.queries.page import Page, bounds


def of_person(session: Session, person_id: str, number: int = 1, size: int = 10) -> Page[Notice]:
    """A person's notices, the newest first."""
    number, size = bounds(number, size)
    own = Notice.person_id == person_id
    newest = select(Notice).where(own).order_by(Notice.created_at.desc(), Notice.id)
    items = session.scalars(newest.limit(size).offset((number - 1) * size))
    total = session.scalar(select(func.count()).select_from(Notice).where(own)) or 0
    return Page(list(items), number, size, total)


def unread_count(session: Session, person_id: str) -> int:
    """How many of a person's notices are unread."""
    unread = select(func.count()).select_from(Notice)
    return session.scalar(unread.where(Notice.person_id == person_id, Notice.read_at.is_(None))) or 0


def get(session: Session, person_id: str, notice_id: UUID) -> Notice | None:
    """A notice of this person's; None for anybody else's."""
    notice = session.get(Notice, notice_id)
    return notice if notice and notice.person_id == person_id else None
