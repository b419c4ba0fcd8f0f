"""`make bench`: every figure of docs/performance.md, measured in this run; arguments choose parts of it."""

import logging
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from tests.bench import (
    approval,
    enumeration,
    freshness,
    memory,
    national_changes,
    national_import,
    pages,
    queue,
    reconcile,
    report,
    rooms,
    scope,
    search,
    sign_in,
    users,
    users_pages,
    warm_start,
)
from tests.bench.rows import Row
from tests.bench.servers import Bench, bench
from tests.browser.running import ROOT
from tests.support.servers.running import RunningPostgres

KEPT_SO_FAR = ROOT / ".cqrs" / "bench.json"
Part = Callable[[Bench], Sequence[Row]]

# In this order: the starts need the stack down, memory is read before the big loads, and the later parts find
# the national list and the people that the earlier ones left. Each runs alone too: it makes what it misses.
PARTS: dict[str, Part] = {
    "warm-start": warm_start.run,
    "memory": memory.run,
    "sign-in": sign_in.run,
    "who-has-an-account": enumeration.run,
    "national-import": lambda stack: national_import.run(stack.running, RunningPostgres(stack.postgres_url)),
    "national-changes": lambda stack: national_changes.run(
        stack.running, RunningPostgres(stack.postgres_url)
    ),
    "search": search.run,
    "approval": approval.run,
    "freshness": freshness.run,
    "queue": queue.run,
    "users": users.run,
    "users-pages": users_pages.run,
    "pages": pages.run,
    "rooms": rooms.run,
    "scope": scope.run,
    "reconcile": reconcile.run,
}


def main(chosen: Sequence[str]) -> int:
    unknown = set(chosen) - set(PARTS)
    if unknown:
        print(f"There is no part {', '.join(sorted(unknown))}. The parts are: {', '.join(PARTS)}.")
        return 2
    # Acts that run in this process would tell of each effect between the table's lines.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="cqrs-bench-") as folder, bench(Path(folder)) as stack:
        rows, failed = measure(stack, chosen or list(PARTS))
    if not chosen:
        report.save(report.measured(rows, failed), report.KEPT)
        report.write_document()
    report.show(rows)
    for name, why in failed.items():
        print(f"{name} could not be measured: {why}")
    return 1 if failed else 0


def measure(stack: Bench, names: Sequence[str]) -> tuple[list[Row], dict[str, str]]:
    """The rows of each part, and why a part has none. What is measured so far is kept in .cqrs/bench.json."""
    rows: list[Row] = []
    failed: dict[str, str] = {}
    for name in names:
        print(f"measuring {name} ...", flush=True)
        try:
            rows += PARTS[name](stack)
        except Exception as fault:
            traceback.print_exc()
            failed[name] = f"{type(fault).__name__}: {fault}".splitlines()[0][:200].replace("|", "/")
            stack.start_anew()
        report.save(report.measured(rows, failed), KEPT_SO_FAR)
    return rows, failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
