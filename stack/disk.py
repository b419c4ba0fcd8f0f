"""Asks whether there is room before anything is written."""

import shutil
from collections.abc import Callable
from pathlib import Path

from stack.problem import StackProblem

MB = 1_000_000
# Measured: the archive 176 MB, unpacked and built 380 MB, Node's packages and the pages' files 40 MB.
FIRST_TIME = 900 * MB
# Measured: a new database cluster with Keycloak's schema 120 MB, its write-ahead log up to 300 MB.
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
