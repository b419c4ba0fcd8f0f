"""Counts attempts, so that limits hold for all of the portal's processes together."""

from datetime import datetime, timedelta

from sqlalchemy import Function, delete, func, literal, select
from sqlalchemy.orm import Session

from portal.model.limits import Attempt
from portal.rules.errors import TooManyAttempts
from portal.store.engine import SOON_ON_DISK
from portal.store.locks import Lock


def admit(session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime) -> None:
    """Notes an attempt of this client, at most `limit` in any stretch of `per`. Raises TooManyAttempts."""
    _refuse(session.scalar(_asked(action, client, limit, per, at, noted=True)), per, at)


def admit_soon_on_disk(
    session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime
) -> None:
    """The same by a session whose statements stand by themselves; nobody waits for the disk."""
    asked = select(_asked(action, client, limit, per, at, noted=True), SOON_ON_DISK)
    _refuse(session.execute(asked).one()[0], per, at)


def check(session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime) -> None:
    """Raises TooManyAttempts when one more wouldn't be admitted; notes none."""
    _refuse(session.scalar(_asked(action, client, limit, per, at, noted=False)), per, at)


def _asked(
    action: str, client: str, limit: int, per: timedelta, at: datetime, *, noted: bool
) -> Function[datetime | None]:
    """One turn to the database: when the first of too many was, or nothing (migration 0020)."""
    moment = literal(at, type_=Attempt.at.type)
    return func.attempt_beyond(
        Lock.ATTEMPTS.value, action, client, limit, per, moment, noted, type_=Attempt.at.type
    )


def _refuse(first: datetime | None, per: timedelta, at: datetime) -> None:
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
