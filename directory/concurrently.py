"""Several questions to Keycloak at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Any

THREADS = 32


def concurrently(*calls: Callable[[], Any]) -> tuple[Any, ...]:
    """Their answers, in order, when all have come; the first failure in that order is raised.

    For what one act needs to know: it waits as long as for the slowest, not for all in turn.
    """
    mine, *others = calls
    submitted = [(call, _threads().submit(copy_context().run, call)) for call in others]
    first = mine()
    # Who waits takes back what no thread has begun: so a question may itself ask several, and however few
    # threads there are, nobody waits for a thread that waits for them.
    return (first, *(call() if answer.cancel() else answer.result() for call, answer in submitted))


@cache
def _threads() -> ThreadPoolExecutor:
    """Kept for the whole process, and made at first use: after the portal's server has forked."""
    return ThreadPoolExecutor(THREADS, "concurrently")
