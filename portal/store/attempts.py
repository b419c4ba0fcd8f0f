"""Counts attempts, so that limits hold for all of the portal's processes together."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, text
from sqlalchemy.orm import Session

from portal.model.limits import Attempt
from portal.rules.errors import TooManyAttempts
from portal.store.engine import SOON_ON_DISK
from portal.store.locks import Lock

_BEYOND = text("attempt_beyond(:lock, :action, :client, :most, :per, :at, :noted)")
"""Judged, and noted if that is wanted, by one turn to the database: see migration 0020."""
_ONE_OF_MORE, _BY_ITSELF = select(_BEYOND), select(_BEYOND, SOON_ON_DISK)


def admit(session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime) -> None:
    """Notes an attempt of this client, at most `limit` in any stretch of `per`. Raises TooManyAttempts."""
    _ask(session, _ONE_OF_MORE, action, client, limit, per, at, noted=True)


def admit_soon_on_disk(
    session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime
) -> None:
    """The same by a session whose statements stand by themselves; nobody waits for the disk."""
    _ask(session, _BY_ITSELF, action, client, limit, per, at, noted=True)


def check(session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime) -> None:
    """Raises TooManyAttempts when one more wouldn't be admitted; notes none."""
    _ask(session, _ONE_OF_MORE, action, client, limit, per, at, noted=False)


def _ask(
    session: Session,
    asked: Select[Any],
    action: str,
    client: str,
    limit: int,
    per: timedelta,
    at: datetime,
    *,
    noted: bool,
) -> None:
    """The answer is when the first of too many was, or nothing."""
    who = {"lock": Lock.ATTEMPTS.value, "action": action, "client": client}
    first = session.scalar(asked, who | {"most": limit, "per": per, "at": at, "noted": noted})
    if first is not None:
        raise TooManyAttempts(first + per - at)


def is_first(session: Session, action: str, client: str, per: timedelta, at: datetime) -> bool:
    """Notes an attempt of this client; whether it is the only one for `per`.

    Of two at the same moment the second waits for what becomes of the first's transaction.
    """
    try:
        admit(session, action, client, 1, per, at)
    except TooManyAttempts:
        return False
    return True


def forget(session: Session, before: datetime) -> None:
    """Deletes the attempts from before then."""
    session.execute(delete(Attempt).where(Attempt.at < before))
