"""What the tests of the stack share: a program that holds servers, and one state folder that knows starts."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.console import Console

ROOT = Path(__file__).parents[2]
LONGEST_WAIT = 30
"""Seconds until a program that was told to end must have done so, on a busy machine too."""


class Holder:
    """Another process that runs Servers on a state folder, as the supervisor would."""

    def __init__(self, state: Path, **environ: str) -> None:
        self.state = state
        words = [sys.executable, "-m", "tests.stack.hold_servers", str(state)]
        self.process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=os.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        self.facts = json.loads(line)

    @property
    def pids(self) -> dict[str, int]:
        return {name: int(pid) for name, pid in self.facts["pids"].items()}

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """Ends it with this signal; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        return self.process.wait(60)


@pytest.fixture
def console() -> Console:
    return Console(quiet=True)


@pytest.fixture
def bystander() -> Iterator[psutil.Process]:
    """A program that the stack did not start, and so must leave alone."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield psutil.Process(process.pid)
        process.kill()
