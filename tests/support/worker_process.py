"""The real worker, `cqrs worker`, as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def worker_process(environment: dict[str, str], log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with these variables, stopped by SIGTERM at the end; it must leave in good order.

    Its log is in the file `log`, when one is named.
    """
    command = [sys.executable, "-m", "commands", "worker"]
    with (
        log.open("wb") if log else nullcontext() as said,
        subprocess.Popen(command, env=os.environ | environment, cwd=ROOT, stderr=said) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
