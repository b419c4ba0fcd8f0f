"""Memory by process while the stack is at rest: resident, and the share that is really its own."""

from collections import defaultdict
from collections.abc import Sequence

import psutil

from tests.bench.rows import Row
from tests.bench.servers import Bench

MB = 2**20


def run(stack: Bench) -> Sequence[Row]:
    """A row for each process of run.json, its children counted in."""
    sizes: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for name, pid in stack.facts["pids"].items():
        for process in _with_children(pid):
            for index, value in enumerate((1, *_memory(process))):
                sizes[name][index] += value
    rows = [_row(name, *measured) for name, measured in sizes.items()]
    whole = sum(own for _, _, own in sizes.values())
    return [*rows, Row("memory of all, shared pages counted once", whole / MB, "MB")]


def _row(name: str, count: int, resident: int, own: int) -> Row:
    plural = "es" if count > 1 else ""
    note = f"{count} process{plural}, {own / MB:,.0f} MB its own (PSS)"
    return Row(f"memory of {name}", resident / MB, "MB", note=note)


def _with_children(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _memory(process: psutil.Process) -> tuple[int, int]:
    """Bytes resident (RSS) and proportional (PSS); nothing for one that has just ended."""
    try:
        sizes = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0, 0
    return sizes.rss, sizes.pss
