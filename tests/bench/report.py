"""The rows as a table for people and as JSON for the next run."""

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.rows import Row

MET = {True: "yes", False: "NO", None: ""}


def save(rows: Sequence[Row], target: Path) -> None:
    """Writes the rows and the machine they were taken on; beside it the table of docs/performance.md."""
    machine = {
        "processors": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = {"machine": machine, "rows": [row.as_json() for row in rows]}
    target.write_text(json.dumps(whole, indent=2) + "\n")
    target.with_suffix(".md").write_text(markdown(rows))


def markdown(rows: Sequence[Row]) -> str:
    """The table as docs/performance.md has it."""
    lines = ["| what | ours | held against | ratio | goal | met |", "|---|---|---|---|---|---|"]
    for row in rows:
        name = f"{row.name} ({row.note})" if row.note else row.name
        lines.append("| " + " | ".join([name, *_cells(row)[1:]]) + " |")
    return "\n".join(lines) + "\n"


def show(rows: Sequence[Row]) -> None:
    """Prints the table."""
    table = Table(title=f"Measured on {os.cpu_count()} processors", title_justify="left")
    for title in ("what", "ours", "held against", "ratio", "goal", "met"):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*_cells(row))
    Console(width=150).print(table)


def _cells(row: Row) -> tuple[str, ...]:
    baseline = "" if row.baseline is None else f"{row.baseline_name} {figure(row.baseline, row.unit)}"
    sign = "≥" if row.at_least else "≤"
    goal = "" if row.goal is None else f"{sign} {row.goal:g}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    name = f"{row.name}\n[dim]{row.note}[/dim]" if row.note else row.name
    return name, figure(row.ours, row.unit), baseline, ratio, goal, MET[row.met]


def figure(value: float, unit: str) -> str:
    """A number with as many digits as it deserves."""
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
