"""Counts attempts, so that limits hold for all of the portal's processes together."""

from datetime import datetime, timedelta

from sqlalchemy import DateTime, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from portal.model.limits import Attempt
from portal.rules.errors import TooManyAttempts
from portal.store.locks import Lock, hold

_RECENT = select(func.count(), func.min(Attempt.at)).where(
    Attempt.action == bindparam("action"),
    Attempt.client == bindparam("client"),
    Attempt.at > bindparam("after", type_=DateTime(timezone=True)),
)
_NOTED = insert(Attempt)
"""Put together once: every sign-in asks them."""


def admit(session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime) -> None:
    """Notes an attempt of this client, at most `limit` in any stretch of `per`. Raises TooManyAttempts."""
    hold(session, Lock.ATTEMPTS, f"{action} {client}")
    check(session, action, client, limit, per, at)
    session.execute(_NOTED, {"action": action, "client": client, "at": at})


def check(session: Session, action: str, client: str, limit: int, per: timedelta, at: datetime) -> None:
    """Raises TooManyAttempts when one more wouldn't be admitted; notes none."""
    count, first = session.execute(_RECENT, {"action": action, "client": client, "after": at - per}).one()
    if count >= limit:
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
