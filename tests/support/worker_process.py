"""The real worker, `cqrs worker`, as a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]


@contextmanager
def worker_process(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with these variables, stopped by SIGTERM at the end; it must leave in good order."""
    command = [sys.executable, "-m", "commands", "worker"]
    with subprocess.Popen(command, env=os.environ | environment, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until(so: Callable[[], object], seconds: float, what: str = "it") -> float:
    """How long it took until `what` was so. Raises AssertionError when it is not in time."""
    began = time.monotonic()
    while not so():
        assert time.monotonic() - began < seconds, f"{what} is not so within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - began
