"""When a browser's session no longer counts, ending one, and letting go of those that don't."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_
from sqlalchemy.orm import Session

from portal.model.sessions import PortalSession, SeenLogoutToken

IDLE = timedelta(minutes=60)


def has_ended(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a session has been idle too long, or lived too long."""
    return or_(PortalSession.expires_at <= now, PortalSession.last_seen_at <= now - IDLE)


def end(db: Session, *, sid: str = "", person_id: str = "") -> int:
    """Ends the sessions of a Keycloak session, or else of a person; how many there were."""
    wanted = PortalSession.keycloak_sid == sid if sid else PortalSession.person_id == person_id
    return db.execute(delete(PortalSession).where(wanted)).rowcount  # type: ignore[attr-defined, no-any-return]


def end_those(db: Session, person_id: str, sids: Collection[str]) -> None:
    """Ends those of these Keycloak sessions that are the person's."""
    theirs = PortalSession.person_id == person_id, PortalSession.keycloak_sid.in_(sids)
    db.execute(delete(PortalSession).where(*theirs))


def forget_ended(db: Session, now: datetime) -> None:
    """Deletes those sessions, and logout tokens that no longer count."""
    db.execute(delete(PortalSession).where(has_ended(now)))
    db.execute(delete(SeenLogoutToken).where(SeenLogoutToken.expires_at <= now))
