"""What the tests of the stack share: one running stack, and a program that has nothing to do with it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.console import Console
from tests.browser.running import Run, environment, free_ports

ROOT = Path(__file__).parents[2]
LONGEST_WAIT = 60
"""Seconds until a program that was told to end must have done so, on a busy machine too."""


@pytest.fixture(scope="package")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One whole stack for all tests here, because a start is dear.

    Those of `test_whole_stack` kill, stop, start and remove it, in their order; all others leave it as it is.
    """
    state = tmp_path_factory.mktemp("whole") / "state"
    started = Run(state, environment(state, CQRS_EXAMPLE_PORT=str(free_ports(1)[0]))).start()
    yield started
    started.stop()


@pytest.fixture
def console() -> Console:
    return Console(quiet=True)


@pytest.fixture
def bystander() -> Iterator[psutil.Process]:
    """A program that the stack did not start, and so must leave alone."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield psutil.Process(process.pid)
        process.kill()
