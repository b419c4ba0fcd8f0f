"""An application that asks too much is told to wait; the others don't notice."""

from datetime import datetime, timedelta
from threading import Lock

from flask import Flask, current_app

from portal.api.problems import Problem
from portal.services import Services
from portal.store.allowance import take

PARTS = 50
"""Of its limit a process takes a fiftieth at a time; what it has left at the end of the minute is lost."""
MINUTE = timedelta(minutes=1)


class Allowance:
    """Counts for one process."""

    def __init__(self, services: Services) -> None:
        self._services, self._counting = services, Lock()
        self._minute: datetime | None = None
        self._left: dict[str, int] = {}

    def spend(self, who: str, questions: int) -> None:
        """Raises Problem when they have asked too much in this minute."""
        now = self._services.true_time()
        minute = now.replace(second=0, microsecond=0)
        with self._counting:
            if minute != self._minute:
                self._minute, self._left = minute, {}
            left = self._left.get(who, 0)
            if left < questions:
                left += self._more(who, minute, questions - left)
            if left < questions:
                raise _too_much(minute + MINUTE - now)
            self._left[who] = left - questions

    def _more(self, who: str, minute: datetime, needed: int) -> int:
        limit = self._services.settings.application_limit
        part = max(needed, limit // PARTS)
        with self._services.sessions.begin() as session:
            return part if part <= limit and take(session, who, minute, part, limit) else 0


def _too_much(wait: timedelta) -> Problem:
    return Problem(429, "Too much was asked. Ask again.", {"Retry-After": str(int(wait.total_seconds()) + 1)})


def install(app: Flask, services: Services) -> None:
    """Has `app` count what applications ask."""
    app.extensions["cqrs_allowance"] = Allowance(services)


def spend(who: str, questions: int) -> None:
    """The same, of this process."""
    allowance: Allowance = current_app.extensions["cqrs_allowance"]
    allowance.spend(who, questions)
