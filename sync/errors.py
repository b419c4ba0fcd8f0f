"""What can be wrong with the files that were given.

SyncError
├── BrokenFiles     at least one file can't be trusted: nothing was written
├── NothingKept     the disk takes no pages of the service: nothing was written
└── AnotherRun      another run is under way: nothing was written
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from directory.sync_runs import SyncRun

SHOWN = 50


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong: the file, the line (from 1; 0 is the file as a whole), what, and what to do."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.text}"


class SyncError(Exception):
    """Anything that stops a run before it writes."""


class BrokenFiles(SyncError):
    """The files are refused as a whole; `problems` says why, in the order of the files and lines.

    The message lists the first fifty: a file in the wrong encoding or layout is wrong on every line.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:SHOWN]]
        more = len(self.problems) - len(shown)
        if more:
            shown.append(f"and {more:,} more problems like these")
        super().__init__("\n".join(shown))


class NothingKept(SyncError):
    """The folder for pages of the service can't be made, read or written."""

    def __init__(self, folder: Path, why: OSError) -> None:
        super().__init__(
            f"The pages of the ODS service can't be kept in {folder} ({why.strerror}): "
            "name another folder with CQRS_ODS_KEPT."
        )


class AnotherRun(SyncError):
    """Two runs at once would undo each other's changes: this one has to wait for the `other`."""

    def __init__(self, other: SyncRun) -> None:
        self.other = other
        since = f"{other.began_at:%H:%M on %-d %B %Y} UTC"
        super().__init__(
            f"Another run is under way since {since}, on {other.host} (process {other.process})."
        )
