"""Locks between processes, given back by the system when their holder ends, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.problem import StackProblem


@contextmanager
def only_one(path: Path, refusal: str) -> Iterator[None]:
    """Holds the lock, or raises StackProblem with the words of `refusal` when somebody else does."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackProblem(refusal) from None
        yield


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Holds the lock, after waiting for whoever has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
