"""What the person at the keyboard sees of the stack: a line a step, a bar for a download, a table."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import rich.console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

Advance = Callable[[int], None]
_PLAIN_WIDTH = 150  # characters, where there is no terminal that has a width


class Console:
    """Shows the steps, and remembers when each was: `phases` maps a step to seconds from the start."""

    def __init__(self, *, quiet: bool = False) -> None:
        width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PLAIN_WIDTH
        self._rich = rich.console.Console(quiet=quiet, highlight=False, soft_wrap=True, width=width)
        self._began = time.monotonic()
        self.phases: dict[str, dict[str, float]] = {}

    def line(self, text: str) -> None:
        """One line, kept clear of any bar or spinner that is shown."""
        self._rich.print(text, markup=False)

    def elapsed(self) -> float:
        """Seconds since the stack was asked to start."""
        return round(time.monotonic() - self._began, 3)

    @contextmanager
    def step(self, name: str, words: str, *, spinner: bool = True) -> Iterator[None]:
        """A step that may take a while: shown while it runs, one line when it is done."""
        began = self.elapsed()
        if spinner and self._rich.is_terminal:
            with self._rich.status(words):
                yield
        else:
            self.line(f"  {words} ...")
            yield
        self.end_phase(name, began)
        self.line(f"  {words}: done in {self.elapsed() - began:.1f} s")

    def end_phase(self, name: str, began: float) -> None:
        """Remembers that the phase of this name ran from `began`, as `elapsed` gave it, until now."""
        self.phases[name] = {"began": began, "ended": self.elapsed()}

    @contextmanager
    def download(self, name: str, size: int) -> Iterator[Advance]:
        """A bar for a download of `size` bytes; what it gives is called with each piece's length."""
        columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=self._rich) as progress:
            task = progress.add_task(name, total=size)
            yield lambda count: progress.update(task, advance=count)

    def ready(self, run: Mapping[str, Any]) -> None:
        """The table of a stack that is ready, from run.json, then `ready` with the portal's address."""
        self._rich.print(_table(run), soft_wrap=False)
        print(f"ready {run['portal']}", flush=True)


def _table(run: Mapping[str, Any]) -> Table:
    """Addresses first, then who can sign in and what each may do; what gets copied is never broken in two."""
    shown = Table(title="CQRS accounts, on this machine", title_justify="left", show_lines=True)
    shown.add_column("Open, or sign in with", no_wrap=True)
    shown.add_column("What for", overflow="fold")
    administrator = run["administrator"]
    shown.add_row(run["portal"], "The portal: register, sign in, approve.")
    if "example" in run:
        shown.add_row(run["example"], "An application beside it, that signs people in with their account.")
    shown.add_row(run["mail"], "Mail: every message that was sent, none of which left this machine.")
    shown.add_row(
        f"{run['keycloak_console']}\n{administrator['username']}\n{administrator['password']}",
        "Keycloak's console, and its administrator.",
    )
    for person in run["people"]:
        shown.add_row(f"{person['email']}\n{person['password']}", f"{person['name']}: {person['may']}")
    return shown
