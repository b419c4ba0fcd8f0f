"""When a browser's session no longer counts, ending one, and letting go of those that don't."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import ColumnElement, and_, delete, or_
from sqlalchemy.orm import Session

from portal.model.sessions import PortalSession, SeenLogoutToken
from portal.store.straight import Straight

IDLE = timedelta(minutes=60)
"""For how long a session of nobody is kept unused. How long somebody's lasts the realm alone says."""


def has_ended(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a session has lived too long, or been idle too long where nobody is signed in."""
    left = and_(PortalSession.person_id.is_(None), PortalSession.last_seen_at <= now - IDLE)
    return or_(PortalSession.expires_at <= now, left)


_BEGUN = """
WITH retired AS (DELETE FROM portal_session WHERE token_hash = ANY(%(retired)s))
INSERT INTO portal_session (
    token_hash, person_id, keycloak_sid, data, created_at, last_seen_at, expires_at, refresh_token, renew_at,
    address, device
) VALUES (
    %(token_hash)s, %(person_id)s, %(keycloak_sid)s, %(data)s, %(now)s, %(now)s, %(expires_at)s,
    %(refresh_token)s, %(renew_at)s, %(address)s, %(device)s
) RETURNING set_config('synchronous_commit', 'off', true)
"""


def begin(straight: Straight, retired: Collection[str], facts: Mapping[str, Any]) -> None:
    """Stores a session, and deletes those whose place it takes. Nobody waits for the disk."""
    straight.rows(_BEGUN, {**facts, "data": Jsonb(facts["data"]), "retired": [*retired]})


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
