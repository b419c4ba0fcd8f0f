"""A person reads their notices."""

from uuid import UUID

from sqlalchemy import update

from portal.model.notices import Notice
from portal.services import Services


def mark_read(services: Services, person_id: str, notice_id: UUID) -> None:
    """Marks one of the person's own notices as read; anybody else's stays as it is."""
    _mark(services, person_id, notice_id)


def mark_all_read(services: Services, person_id: str) -> None:
    """Marks all of the person's notices as read."""
    _mark(services, person_id, None)


def _mark(services: Services, person_id: str, notice_id: UUID | None) -> None:
    statement = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if notice_id is not None:
        statement = statement.where(Notice.id == notice_id)
    with services.sessions.begin() as session:
        session.execute(statement.values(read_at=services.clock()))
