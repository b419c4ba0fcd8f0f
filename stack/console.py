"""What the person at the keyboard sees of the stack: one line a step, a bar for a download."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

Advance = Callable[[int], None]
_PLAIN_WIDTH = 150  # characters, where there is no terminal that has a width


class Teller:
    """Tells the steps, and remembers when each was: `phases` maps a step to seconds from the start."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.console = Console(quiet=quiet, highlight=False, soft_wrap=True)
        if not self.console.is_terminal and "COLUMNS" not in os.environ:
            self.console.width = _PLAIN_WIDTH
        self.began = time.monotonic()
        self.phases: dict[str, dict[str, float]] = {}

    def line(self, text: str) -> None:
        """One line, kept clear of any bar or spinner that is shown."""
        self.console.print(text, markup=False)

    def now(self) -> float:
        """Seconds since the stack was asked to start."""
        return round(time.monotonic() - self.began, 3)

    @contextmanager
    def step(self, name: str, words: str, *, spinner: bool = True) -> Iterator[None]:
        """A step that may take a while: shown while it runs, one line when it is done."""
        began = self.now()
        if spinner and self.console.is_terminal:
            with self.console.status(words):
                yield
        else:
            self.line(f"  {words} ...")
            yield
        self.phase(name, began)
        self.line(f"  {words}: done in {self.now() - began:.1f} s")

    def phase(self, name: str, began: float) -> None:
        """Remembers that the phase of this name ran from `began` until now."""
        self.phases[name] = {"began": began, "ended": self.now()}

    @contextmanager
    def download(self, name: str, size: int) -> Iterator[Advance]:
        """A bar for a download of `size` bytes; what it gives is called with each piece's length."""
        columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(name, total=size)
            yield lambda count: progress.update(task, advance=count)
