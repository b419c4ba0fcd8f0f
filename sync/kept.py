"""Pages of a reading that isn't whole yet: kept in a folder, so that one that was stopped goes on from there.

The folder is one run's at a time: of two that read at once, the second keeps its pages in one of its own.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

from sync.errors import NothingKept

LOCK = "in-use.lock"
FRESH = 24 * 60 * 60.0  # seconds for which a page is worth keeping


class KeptPages:
    """Of one search, by number and address. Raises NothingKept where the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with _said(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def page(self, number: int, url: str) -> Any:
        """None for one that isn't there, or is old, cut off, or another search's of this number."""
        place = self._place(number)
        with _said(self.folder):
            if not place.exists() or time.time() - place.stat().st_mtime >= FRESH:
                return None
            content = place.read_bytes()
        try:
            kept = json.loads(content)
        except ValueError:  # the power went before all of it was on the disk
            return None
        is_page = isinstance(kept, dict) and kept.get("url") == url
        return kept.get("bundle") if is_page else None

    def keep(self, number: int, url: str, bundle: Any) -> None:
        place = self._place(number)
        draft = place.with_suffix(".part")
        with _said(self.folder):
            draft.write_text(json.dumps({"url": url, "bundle": bundle}), encoding="utf-8")
            draft.replace(place)

    def forget(self) -> None:
        """When all have come."""
        rmtree(self.folder, ignore_errors=True)

    def _place(self, number: int) -> Path:
        return self.folder / f"{number:06}.json"


@contextmanager
def for_one_run(folder: Path | None) -> Iterator[Path]:
    """`folder`, made if need be; one of its own, that goes, where none is given or another run has that.

    Raises NothingKept. The system gives the folder back when its holder ends, however it ends.
    """
    holder = _held(folder) if folder else None
    if folder is None or holder is None:
        with _own() as own:
            yield Path(own)
        return
    try:
        yield folder
    finally:
        os.close(holder)


def _held(folder: Path) -> int | None:
    with _said(folder):
        folder.mkdir(parents=True, exist_ok=True)
        holder = os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o666)  # NFS locks only what can be written
        try:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(holder)
            return None
    return holder


def _own() -> TemporaryDirectory[str]:
    with _said(Path("the temporary folder")):
        return TemporaryDirectory(prefix="cqrs-ods-", ignore_cleanup_errors=True)


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NothingKept(folder, error) from error
