"""The clock of a test environment, whose date can be moved to try reminders, lapses and closures.

What people are signed in by, limits and Keycloak go by the true time.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from portal.model.clock import MovedClock
from portal.model.effects import Effect

LOOK_EVERY = 1.0
"""Seconds for which a process goes by what it last saw."""


class AheadClock:
    """Gives the time as far ahead as the database says; `true` is the time without that."""

    def __init__(self, sessions: sessionmaker[Session], true: Callable[[], datetime]) -> None:
        self._sessions, self._true = sessions, true
        self._ahead, self._until = timedelta(0), 0.0

    def __call__(self) -> datetime:
        if time.monotonic() >= self._until:
            self._look()
        return self._true() + self._ahead

    def _look(self) -> None:
        self._until = time.monotonic() + LOOK_EVERY
        try:
            with self._sessions() as session:
                self._ahead = timedelta(days=days_ahead(session))
        except SQLAlchemyError:
            return  # as far as before


def days_ahead(session: Session) -> int:
    """By how many days the date is moved."""
    moved = session.get(MovedClock, 1)
    return moved.days if moved else 0


def move(session: Session, days: int, at: datetime) -> int:
    """The date is so many days ahead from now on; how many it was.

    What was put off until a day that is now far away again is due at once. `at` is the moved present.
    """
    moved = session.get(MovedClock, 1, with_for_update=True) or MovedClock(id=1, days=0)
    before, moved.days = moved.days, days
    session.add(moved)
    waiting = (Effect.done_at.is_(None), Effect.due_at > at)
    session.execute(update(Effect).where(*waiting).values(due_at=at))
    return before
