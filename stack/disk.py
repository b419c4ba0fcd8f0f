"""Asks whether there is room before anything is written."""

import shutil
from collections.abc import Callable
from pathlib import Path

from stack.problem import StackProblem

MB = 1_000_000
# Measured: the archive 176 MB, unpacked and built 190 MB, and as much again while it is unpacked and built.
FIRST_TIME = 700 * MB
# Measured: 70 MB with the sample, 230 MB with the national list; the write-ahead log may take 300 MB more.
NEW_STATE = 600 * MB
RUNNING = 200 * MB


def _free_bytes(path: Path) -> int:
    return shutil.disk_usage(path).free


def check_room(folder: Path, needed: int, free_bytes: Callable[[Path], int] = _free_bytes) -> None:
    """Raises StackProblem when the disk of `folder`, which need not exist yet, has too little free."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free = free_bytes(existing)
    if free < needed:
        raise StackProblem(
            f"The disk of {folder} has {free // MB:,} MB free and {needed // MB:,} MB are needed: "
            "free some, or choose another place with CQRS_STATE and CQRS_CACHE."
        )
