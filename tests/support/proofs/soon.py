"""That what waited is done soon after what was away is back: told by the rows, on a machine of any speed."""

from datetime import timedelta

from sqlalchemy import select

from portal.model.effects import Effect
from portal.services import Services
from portal.store.queries.mail import waiting_count
from tests.support.waiting import wait_until

FEW = 2
"""How often an effect may yet be tried: what was under way as the fault ended, and then for good."""
LONGEST_WAIT = timedelta(seconds=5)
"""For which anything may be put off, so that all is applied within ten seconds of the return."""
LONGEST = 60.0
"""Seconds that a busy machine may take for what takes two or three."""


def tries(services: Services) -> dict[int, int]:
    """How often each effect was tried so far, by its id.

    Raises AssertionError when one that waits is put off for long.
    """
    with services.sessions() as session:
        tried = dict(session.execute(select(Effect.id, Effect.attempts)).all())
        waiting = session.scalars(select(Effect).where(Effect.done_at.is_(None))).all()
        latest = services.clock() + LONGEST_WAIT
    assert [(one.kind, one.due_at) for one in waiting if one.due_at > latest] == []
    return tried


def is_done(services: Services) -> bool:
    with services.sessions() as session:
        return waiting_count(session) == 0


def wait_done(services: Services, before: dict[int, int]) -> None:
    """Until nothing waits. Raises AssertionError when that took more than a few tries since these."""
    wait_until(lambda: is_done(services), LONGEST, "everything done")
    now = tries(services)
    assert {effect: n for effect, n in now.items() if n > before.get(effect, 0) + FEW} == {}
