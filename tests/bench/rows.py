"""A measurement and what it is held against, and how both are taken: in turn, many times, in one run."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the report.

    `ours` is in `unit`. With a `baseline` (same unit, taken in the same run) the goal is on the ratio of the
    two; without one it is on `ours`. `at_least` turns the goal round: the ratio is then baseline to ours, "so
    many times faster". `goal` None is a figure without a goal.
    """

    name: str
    ours: float
    unit: str
    baseline: float | None = None
    baseline_name: str = ""
    goal: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        if self.baseline is None:
            return None
        return self.baseline / self.ours if self.at_least else self.ours / self.baseline

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None for a figure without one."""
        if self.goal is None:
            return None
        judged = self.ours if self.ratio is None else self.ratio
        return judged >= self.goal if self.at_least else judged <= self.goal

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": self.ratio, "met": self.met}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Row":
        return cls(**{field.name: kept[field.name] for field in fields(cls)})


def seconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def alternate(times: int, *acts: Callable[[], object]) -> list[list[float]]:
    """The seconds of each act, taken in turn so that a slow minute of the machine falls on all of them."""
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(times):
        for act, list_of_its_own in zip(acts, taken, strict=True):
            list_of_its_own.append(seconds(act))
    return taken


def p95(values: Sequence[float]) -> float:
    """The nearest-rank 95th percentile."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def listed(values: Sequence[float]) -> str:
    """Seconds, for a note."""
    return ", ".join(f"{value:.1f}" for value in values) + " s"
