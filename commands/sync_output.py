"""What `cqrs sync` prints: the plan by kind and count, how far it is, what was done; and the plan in full."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from directory.tree import WORTH_IMPORTING
from directory.tree_creation import Progress as OnProgress
from sync.apply import Outcome
from sync.notice import Facts, noticed, of_changes
from sync.plan import DESCRIPTIONS, Operation
from sync.run import Comparison

MISUSED = 2  # the exit code of a wrong option or setting
PLAIN_EVERY = 2.0  # seconds between progress lines where there is no terminal
SHOWN = 15  # commissioners
HEADINGS = ("move away", "arrive", "close", "reopen", "people", "multi-level", "clusters", "requests")

WIDTH = None if sys.stdout.isatty() else 160
"""Characters: into a file or another program, a row of a table stays on one line."""
out = Console(highlight=False, soft_wrap=True, width=WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True, width=WIDTH)


def print_summary(comparison: Comparison, can_import: bool) -> None:
    """By kind and count; `can_import`: an administrator lent their sign-in."""
    plan = comparison.plan
    out.print(f"Keycloak holds {len(comparison.current.organisations):,} organisations.")
    for operation, count in plan.counts.items():
        if count or operation in (Operation.CREATE, Operation.UPDATE):
            out.print(f"  {operation.value:<8}{count:>8,}  {DESCRIPTIONS[operation]}")
    if plan.unplaced:
        out.print(f"Left by a stopped run, and in none of these files: {', '.join(plan.unplaced)}.")
        out.print("Run again with the file that lists them.")
    if not plan.changes:
        out.print("Nothing to do: Keycloak is in step with these files.")
    elif plan.counts[Operation.CREATE] >= WORTH_IMPORTING and not can_import:
        out.print("Creating one by one; see `cqrs sync apply --help` for the faster way.")


def print_notice(comparison: Comparison, facts: Facts) -> None:
    """Who would notice, by commissioner: the first of them, and how many more."""
    rows = noticed(comparison.plan, comparison.current, facts)
    if not rows:
        return
    table = Table(title="Who would notice, by commissioner", box=None, title_justify="left", pad_edge=False)
    table.add_column("")
    for name in HEADINGS:
        table.add_column(name, justify="right")
    for row in rows[:SHOWN]:
        values = [value for name, value in row.told().items() if name not in ("commissioner", "name")]
        cells = ("not known" if value is None else f"{value:,}" for value in values)
        table.add_row(f"{row.code} {row.name}".strip(), *cells)
    out.print(table)
    if len(rows) > SHOWN:
        out.print(f"and {len(rows) - SHOWN:,} more: --out has all of them, organisation by organisation.")


def write_plan(target: Path, comparison: Comparison, facts: Facts | None = None) -> None:
    """Whole or not at all: a half-written plan would read like a smaller one."""
    plan, draft = comparison.plan, target.with_name(target.name + ".part")
    hangs = None if facts is None else of_changes(plan, comparison.current, facts)
    try:
        text = plan.as_csv(hangs) if target.suffix.lower() == ".csv" else plan.as_lines(hangs)
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(target)
    except OSError as error:
        err.print(f"The plan can't be written to {target} ({error.strerror}): give another --out.")
        raise typer.Exit(MISUSED) from error


def told(outcome: Outcome) -> str:
    """The three of every run, then what else there was."""
    always = f"{outcome.created:,} created, {outcome.finished:,} finished, {outcome.updated:,} updated"
    others = {"moved": outcome.moved, "closed": outcome.closed, "reopened": outcome.reopened}
    return ", ".join([always, *(f"{count:,} {what}" for what, count in others.items() if count)])


@contextmanager
def progress_shown(
    total: int, on: Console = out, clock: Callable[[], float] = time.monotonic
) -> Iterator[OnProgress]:
    """A bar on a terminal, with the rate and the time left; a line now and then elsewhere."""
    if on.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate())
        with Progress(*columns, TimeRemainingColumn(), console=on, get_time=clock) as bar:
            task = bar.add_task("Organisations", total=total)
            yield lambda done: bar.advance(task, done)
    else:
        yield _PlainProgress(total, on, clock)


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


class _PlainProgress:
    """Prints how far it is, at most every two seconds."""

    def __init__(self, total: int, on: Console, clock: Callable[[], float]) -> None:
        self._total, self._on, self._clock = total, on, clock
        self._done = 0
        self._next = clock() + PLAIN_EVERY

    def __call__(self, done: int) -> None:
        self._done += done
        if self._clock() >= self._next:
            self._next = self._clock() + PLAIN_EVERY
            self._on.print(f"{self._done:,} of {self._total:,}")
