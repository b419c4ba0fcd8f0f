"""Waiting for what happens, never for a time."""

import time
from collections.abc import Callable


def wait_until(so: Callable[[], object], seconds: float, what: str = "it") -> float:
    """How long it took until `what` was so. Raises AssertionError when it is not in time."""
    began = time.monotonic()
    while not so():
        assert time.monotonic() - began < seconds, f"{what} is not so within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began
