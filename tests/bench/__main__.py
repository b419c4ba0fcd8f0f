"""`make bench`: every figure of docs/performance.md, measured in this run; arguments choose parts of it."""

import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from tests.bench import approval, memory, national_import, queue, search, users, warm_start
from tests.bench.report import save, show
from tests.bench.rows import Row
from tests.bench.servers import Bench, bench
from tests.browser.running import ROOT

Part = Callable[[Bench], Sequence[Row]]

# In this order: the starts need the stack down, memory is read before the big loads, and the search and
# the queue find the national list that the import left.
PARTS: dict[str, Part] = {
    "warm-start": warm_start.run,
    "memory": memory.run,
    "national-import": lambda stack: national_import.run(stack.running),
    "search": search.run,
    "approval": approval.run,
    "queue": queue.run,
    "users": users.run,
}


def main(chosen: Sequence[str]) -> int:
    unknown = set(chosen) - set(PARTS)
    if unknown:
        print(f"There is no part {', '.join(sorted(unknown))}. The parts are: {', '.join(PARTS)}.")
        return 2
    # Acts that run in this process would tell of each effect between the table's lines.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="cqrs-bench-") as folder, bench(Path(folder)) as stack:
        for name in chosen or PARTS:
            print(f"measuring {name} ...", flush=True)
            rows += PARTS[name](stack)
    save(rows, ROOT / ".cqrs" / "bench.json")
    show(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
