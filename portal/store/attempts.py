"""Counts attempts, so that limits hold for all of the portal's processes together."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from portal.model.limits import Attempt
from portal.rules.errors import TooManyAttempts
from portal.store.locks import Lock
from portal.store.straight import Straight

_BEYOND = text("attempt_beyond(:lock, :action, :client, :most, :per, :at, :noted)")
"""Judged, and noted if that is wanted, by one turn to the database: see migration 0020."""
_ASKED = select(_BEYOND)
_BY_ITSELF = """
SELECT attempt_beyond(%(lock)s, %(action)s, %(client)s, %(most)s, %(per)s, %(at)s, true) AS first,
    set_config('synchronous_commit', 'off', true)
"""


def admit(session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime) -> None:
    """Notes an attempt of this client, at most `limit` in any stretch of `per`. Raises TooManyAttempts."""
    _ask(session, action, client, limit, per, at, noted=True)


def admit_by_itself(
    straight: Straight, action: str, client: str, limit: int, per: timedelta, at: datetime
) -> None:
    """The same in no transaction of the caller's; nobody waits for the disk."""
    (answer,) = straight.rows(_BY_ITSELF, _asked(action, client, limit, per, at))
    _judge(answer.first, per, at)


def check(session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime) -> None:
    """Raises TooManyAttempts when one more wouldn't be admitted; notes none."""
    _ask(session, action, client, limit, per, at, noted=False)


def _ask(
    session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime, *, noted: bool
) -> None:
    first = session.scalar(_ASKED, _asked(action, client, limit, per, at) | {"noted": noted})
    _judge(first, per, at)


def _asked(action: str, client: str, limit: int, per: timedelta, at: datetime) -> dict[str, Any]:
    lock = Lock.ATTEMPTS.value
    return {"lock": lock, "action": action, "client": client, "most": limit, "per": per, "at": at}


def _judge(first: datetime | None, per: timedelta, at: datetime) -> None:
    """`first` is when the first of too many was, or nothing."""
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
