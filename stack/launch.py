"""Ties the life of a started program to that of the program that started it."""

import ctypes
import os
import sys
from collections.abc import Callable

_ON_PARENTS_DEATH = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


_GIVES_WAY = 10


def end_with_parent(stop_signal: int, *, gives_way: bool = False) -> Callable[[], None] | None:
    """What a child does before it becomes its program, so that it is told when this process dies.

    One that `gives_way` also lowers its priority.

    Linux only; elsewhere the next start finds what was left (`stack.leftovers`). Changing the user clears
    the wish, so it comes after that: subprocess calls it last.
    """
    libc, parent = _LIBC, os.getpid()
    if libc is None:
        return None

    def wish() -> None:
        libc.prctl(_ON_PARENTS_DEATH, stop_signal)
        if os.getppid() != parent:
            os._exit(1)
        if gives_way:
            os.nice(_GIVES_WAY)

    return wish
