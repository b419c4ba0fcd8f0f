"""Programs of ours that the stack runs to their end while it starts, such as the migration."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from stack.launch import end_with_parent
from stack.problem import StackProblem
from stack.settings import ROOT


def run_command(words: tuple[str, ...], environ: Mapping[str, str], log: Path) -> None:
    """Runs `cqrs` with these words; its output goes to `log`. Raises StackProblem when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "commands", *words],
            cwd=ROOT, env=os.environ | dict(environ), stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, check=False, preexec_fn=end_with_parent(signal.SIGTERM),
        )  # fmt: skip
    if done.returncode:
        last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise StackProblem(f"`cqrs {' '.join(words)}` failed: {last[0]} (all of it: {log})")
