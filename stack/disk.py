"""How the stack uses the disk: JSON files written whole or not at all, locks, and whether there is room."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stack import StackProblem

MB = 1_000_000
# Measured: the archive 176 MB, unpacked and built 190 MB, and as much again while it is unpacked and built.
ROOM_FOR_KEYCLOAK = 700 * MB
# Measured: 70 MB with the sample, 230 MB with the national list; the write-ahead log may take 300 MB more.
ROOM_FOR_NEW_STATE = 600 * MB
ROOM_TO_RUN = 200 * MB


def read_json(path: Path) -> Any:
    """What the file holds, or None when it is missing or was cut off."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def write_json(path: Path, content: Any) -> None:
    """Writes the file whole or not at all, readable only by its owner."""
    unfinished = path.with_name(path.name + ".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def in_words(problem: OSError) -> str:
    """The system's words and the file that they are about, on one line."""
    words = problem.strerror or (str(problem).splitlines() or [type(problem).__name__])[0]
    return f"{words}: {problem.filename}" if problem.filename else words


@contextmanager
def lock_or_refuse(path: Path, refusal: str) -> Iterator[None]:
    """Holds the lock, or raises StackProblem with the words of `refusal` when another process has it.

    The system gives it back when its holder ends, however it ends.
    """
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackProblem(refusal) from None
        yield


@contextmanager
def wait_for_lock(path: Path) -> Iterator[None]:
    """Holds the lock, after waiting for whoever has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _free_bytes(path: Path) -> int:
    return shutil.disk_usage(path).free


def check_room(folder: Path, needed: int, free_bytes: Callable[[Path], int] = _free_bytes) -> None:
    """Raises StackProblem when the disk of `folder`, which need not exist yet, has under `needed` bytes."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free = free_bytes(existing)
    if free < needed:
        raise StackProblem(
            f"The disk of {folder} has {free // MB:,} MB free and {needed // MB:,} MB are needed: "
            "free some, or choose another place with CQRS_STATE and CQRS_CACHE."
        )
