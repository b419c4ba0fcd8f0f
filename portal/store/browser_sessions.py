"""When a browser's session no longer counts, and letting go of those that don't."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_
from sqlalchemy.orm import Session

from portal.model.sessions import PortalSession, SeenLogoutToken

IDLE = timedelta(minutes=60)


def has_ended(now: datetime) -> ColumnElement[bool]:
    """Whether a session has been idle too long, or lived too long."""
    return or_(PortalSession.expires_at <= now, PortalSession.last_seen_at <= now - IDLE)


def forget_ended(db: Session, now: datetime) -> None:
    """Deletes those sessions, and logout tokens that no longer count."""
    db.execute(delete(PortalSession).where(has_ended(now)))
    db.execute(delete(SeenLogoutToken).where(SeenLogoutToken.expires_at <= now))
