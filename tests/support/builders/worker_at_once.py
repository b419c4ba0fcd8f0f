"""Does the worker's part in the test's own thread, so that a test needs no second process to see it done."""

import time
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.effects.runner import ALL_KINDS, run_one
from portal.model.effects import Effect, EffectKind
from portal.services import WorkerServices
from portal.store.outbox import wait_until_done

LONGEST_WAIT = 30.0
"""Seconds until another thread that was quicker must have done it."""
SHORTEST_WAIT = timedelta(seconds=0.5)
"""Until what failed is tried again."""
A_MOMENT = 0.1
"""Seconds between two looks at what another thread holds."""


def run_due(
    services: WorkerServices, key: str | None = None, kinds: Collection[EffectKind] = ALL_KINDS
) -> int:
    """Does all that is due, only of `key` if given and of these kinds; how many effects were done.

    What failed meanwhile is not due again, however long that took.
    """
    services, done = for_one_go(services), 0
    while True:
        found, succeeded = run_one(services, key, kinds)
        if not found:
            return done
        done += succeeded


class WorkerAtOnce:
    """What an act waits with: does all that is due of the keys waited for, and then says what is done.

    What somebody else is doing at this moment is waited for, and what becomes due behind it is done;
    what failed is not.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self.services: WorkerServices | None = None

    def __call__(self, ids: Collection[int]) -> bool:
        assert self.services
        services = for_one_go(self.services)
        with self._sessions() as session:
            keys = session.scalars(select(Effect.key).where(Effect.id.in_(ids)).distinct()).all()
        _work(services, keys)
        until = time.monotonic() + LONGEST_WAIT
        while self._has_more(keys, services.clock()) and time.monotonic() < until:
            wait_until_done(self._sessions, ids, A_MOMENT)
            _work(services, keys)
        return wait_until_done(self._sessions, ids, 0)

    def _has_more(self, keys: Collection[str], at: datetime) -> bool:
        """Whether another thread holds an effect of these keys, or has just left one that is due."""
        with self._sessions() as session:
            waiting = select(Effect).where(
                Effect.key.in_(keys), Effect.done_at.is_(None), Effect.parked_at.is_(None)
            )
            free = session.scalars(waiting.with_for_update(skip_locked=True)).all()
            left = session.scalars(waiting.order_by(Effect.id.desc())).all()
        first_of_each = {row.key: row for row in left}.values()
        return len(free) < len(left) or any(row.due_at <= at for row in first_of_each)


def _work(services: WorkerServices, keys: Collection[str]) -> None:
    for key in keys:
        run_due(services, key)


def for_one_go(services: WorkerServices) -> WorkerServices:
    """By a clock that stands still before what fails from now on is due again."""
    clock, last = services.clock, services.clock() + SHORTEST_WAIT / 2
    return replace(services, clock=lambda: min(clock(), last))


def with_worker_at_once(services: WorkerServices) -> WorkerServices:
    """The same services, whose acts need no worker beside them."""
    worker = WorkerAtOnce(services.sessions)
    worker.services = replace(services, wait=worker)
    return worker.services
