"""Whether things take as long as each other, on a machine that does other things too."""

import statistics
from collections.abc import Callable

ROUNDS = 6
"""How often they may be measured: a machine disturbs one or two, what takes longer by itself all."""
Seconds = dict[str, list[float]]
"""What each of them took, by its name, taken in turn."""


def check_as_long(measured: Callable[[int], Seconds], widest: float) -> None:
    """Raises AssertionError when their medians are this close in no round, measured by its number."""
    found = []
    for number in range(ROUNDS):
        medians = {name: statistics.median(taken) for name, taken in measured(number).items()}
        if max(medians.values()) <= widest * min(medians.values()):
            return
        found.append(medians)
    raise AssertionError(found)
