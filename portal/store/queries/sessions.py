"""Reads where people are signed in to the portal."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.model.sessions import PortalSession


def of_person(session: Session, person_id: str, at: datetime) -> Sequence[PortalSession]:
    """Those of the person's sessions that go on, the last used first."""
    going_on = (PortalSession.person_id == person_id, PortalSession.expires_at > at)
    return session.scalars(
        select(PortalSession).where(*going_on).order_by(PortalSession.last_seen_at.desc())
    ).all()
