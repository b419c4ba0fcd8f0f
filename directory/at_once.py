"""Several questions to Keycloak at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def at_once(*asks: Callable[[], Any]) -> tuple[Any, ...]:
    """Their answers, in order, when all have come; the first failure in that order is raised.

    For what one act needs to know: it waits as long as for the slowest, not for all in turn.
    """
    with ThreadPoolExecutor(len(asks)) as pool:
        asked = [pool.submit(ask) for ask in asks]
    return tuple(answer.result() for answer in asked)
