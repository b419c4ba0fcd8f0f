"""Does the worker's part in the test's own thread, so that a test needs no second process to see it done."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.effects.runner import ALL_KINDS, run_one
from portal.model.effects import Effect, EffectKind
from portal.services import WorkerServices
from portal.store.outbox import wait_until_done

LONGEST_WAIT = 30.0
"""Seconds until another thread that was quicker must have done it."""


def run_due(
    services: WorkerServices, key: str | None = None, kinds: Collection[EffectKind] = ALL_KINDS
) -> int:
    """Does all that is due, only of `key` if given and of these kinds; how many effects were done."""
    done = 0
    while True:
        found, succeeded = run_one(services, key, kinds)
        if not found:
            return done
        done += succeeded


class WorkerAtOnce:
    """What an act waits with: does all that is due of the keys waited for, and then says what is done.

    What somebody else is doing at this moment is waited for; what failed is not.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self.services: WorkerServices | None = None

    def __call__(self, ids: Collection[int]) -> bool:
        assert self.services
        with self._sessions() as session:
            keys = session.scalars(select(Effect.key).where(Effect.id.in_(ids)).distinct()).all()
        for key in keys:
            run_due(self.services, key)
        return wait_until_done(self._sessions, ids, LONGEST_WAIT if self._is_in_hand(ids) else 0)

    def _is_in_hand(self, ids: Collection[int]) -> bool:
        """Whether another thread holds one of them, or one before it."""
        with self._sessions() as session:
            keys = select(Effect.key).where(Effect.id.in_(ids))
            waiting = select(Effect.id).where(
                Effect.key.in_(keys), Effect.done_at.is_(None), Effect.parked_at.is_(None)
            )
            free = session.scalars(waiting.with_for_update(skip_locked=True)).all()
            return len(free) < len(session.scalars(waiting).all())


def with_worker_at_once(services: WorkerServices) -> WorkerServices:
    """The same services, whose acts need no worker beside them."""
    worker = WorkerAtOnce(services.sessions)
    worker.services = replace(services, wait=worker)
    return worker.services
