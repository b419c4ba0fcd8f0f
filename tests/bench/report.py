"""What a run measured: kept as JSON, shown as a table, and written into docs/performance.md.

`python -m tests.bench.report` writes the document again from docs/performance.json.
"""

import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.rows import Row

ROOT = Path(__file__).resolve().parents[2]
KEPT, DOCUMENT = ROOT / "docs" / "performance.json", ROOT / "docs" / "performance.md"
TITLES = ("what", "ours", "held against", "ratio", "goal", "met")
MET = {True: "yes", False: "NO", None: ""}
BEGIN, END = "<!-- `make bench` writes from here -->", "<!-- to here -->"
OWN_FILES = ("docs/performance.json", "docs/performance.md")


def measured(rows: Sequence[Row], failed: Mapping[str, str]) -> dict[str, Any]:
    """All that is kept of a run; `failed` names each part that could not be measured, and why."""
    return {
        "commit": _git("rev-parse", "--short=12", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--", ".", *[f":!{name}" for name in OWN_FILES])),
        "taken": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": _machine(),
        "rows": [row.as_json() for row in rows],
        "failed": dict(failed),
    }


def save(found: Mapping[str, Any], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def write_document() -> None:
    """Puts what is kept between the marks of docs/performance.md."""
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(), markdown(json.loads(KEPT.read_text()))))


def with_table(document: str, table: str) -> str:
    """The document with this between its marks. Raises ValueError when they aren't there, once each."""
    parts = re.split(f"({re.escape(BEGIN)}|{re.escape(END)})", document)
    if [part for part in parts if part in (BEGIN, END)] != [BEGIN, END]:
        raise ValueError("docs/performance.md has lost its marks")
    return "".join((parts[0], BEGIN, f"\n{table}", END, parts[-1]))


def markdown(found: Mapping[str, Any]) -> str:
    """When, on what and of which commit, and the table."""
    lines = [_when_and_where(found), "", f"| {' | '.join(TITLES)} |", "|---" * len(TITLES) + "|"]
    for row in map(Row.from_json, found["rows"]):
        name = f"{row.name} ({row.note})" if row.note else row.name
        lines.append("| " + " | ".join([name, *_cells(row)]) + " |")
    lines += [f"| `{part}`: not measured ({why}) |  |  |  |  |  |" for part, why in found["failed"].items()]
    return "\n".join(lines) + "\n"


def show(rows: Sequence[Row]) -> None:
    """Prints the table."""
    table = Table(title=f"Measured on {os.cpu_count()} processors", title_justify="left")
    for title in TITLES:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(f"{row.name}\n[dim]{row.note}[/dim]" if row.note else row.name, *_cells(row))
    Console(width=150).print(table)


def figure(value: float, unit: str) -> str:
    """A number with as many digits as it deserves."""
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def _cells(row: Row) -> tuple[str, ...]:
    baseline = "" if row.baseline is None else f"{row.baseline_name} {figure(row.baseline, row.unit)}"
    sign = "≥" if row.at_least else "≤"
    goal = "" if row.goal is None else f"{sign} {row.goal:g}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return figure(row.ours, row.unit), baseline, ratio, goal, MET[row.met]


def _when_and_where(found: Mapping[str, Any]) -> str:
    taken, changes = datetime.fromisoformat(found["taken"]), ", with changes" if found["changed"] else ""
    when = f"Measured on {taken.day} {taken:%B %Y} at commit {found['commit']}{changes}"
    return f"{when}, on {found['machine']}.{found.get('remark', '')}"


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} processors ({_model()}), {memory:.0f} GB of memory, Python {python}"


def _model() -> str:
    """What the processor calls itself, where Linux tells."""
    facts = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", facts.read_text() if facts.exists() else "", re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    write_document()
