"""Two acts started at the same moment, and what each of them got."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from portal.rules.errors import PortalFault

Act = Callable[[], Any]
HEAD_START = 0.012
"""Seconds that one of the two waits at most, so that each is first in some of the races."""


@dataclass(frozen=True)
class Ended:
    """How one act ended: with a value, or with the fault that its actor is shown."""

    value: Any = None
    fault: PortalFault | None = None

    @property
    def succeeded(self) -> bool:
        return self.fault is None


class Course:
    """Where races are run: two threads, kept for all of them.

    `patience` makes head starts so many times longer, where one of the two is always the quicker.
    """

    def __init__(self, patience: int = 1) -> None:
        self._threads = ThreadPoolExecutor(2)
        self._barrier = Barrier(2, timeout=30)
        self.patience = patience

    def run(self, *acts: Act, head_start: float = HEAD_START) -> tuple[Ended, ...]:
        """Starts both at once. Anything but a fault of the portal's own is the test's to fail with."""
        waits = [0.0, random.uniform(0, head_start * self.patience)]
        random.shuffle(waits)
        running = [self._threads.submit(self._start, *pair) for pair in zip(acts, waits, strict=True)]
        return tuple(one.result(timeout=60) for one in running)

    def close(self) -> None:
        self._threads.shutdown()

    def _start(self, act: Act, wait: float) -> Ended:
        self._barrier.wait()
        time.sleep(wait)
        try:
            return Ended(act())
        except PortalFault as fault:
            return Ended(fault=fault)
