"""How the stack starts a program: tied to the stack's own life, as another user where it must be."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.settings import ROOT

_ON_PARENTS_DEATH = 1  # PR_SET_PDEATHSIG
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ran to its end: its exit code, and all that it wrote."""

    code: int
    output: str

    @property
    def last_line(self) -> str:
        return (self.output.strip().splitlines() or ["it said nothing"])[-1]


def run_to_end(
    command: Sequence[str | Path],
    *,
    log: Path,
    environ: Mapping[str, str] = os.environ,
    folder: Path = ROOT,
    user: str | None = None,
) -> Finished:
    """Runs a program in `folder` and waits for its end; `log` has what it wrote, this time only."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=folder, env=dict(environ), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            check=False, preexec_fn=end_with_parent(signal.SIGTERM), **as_user(user),
        )  # fmt: skip
    return Finished(done.returncode, log.read_text(errors="replace"))


def as_user(user: str | None) -> dict[str, Any]:
    """What subprocess needs to run a program as `user`, in no group but that user's own."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def end_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """What a child does before it becomes its program, so that it gets `stop_signal` when this process dies.

    Linux only; elsewhere the next start finds what was left (`stack.process`). Changing the user undoes it,
    so it comes after that: subprocess calls it last.
    """
    libc, parent = _LIBC, os.getpid()
    if libc is None:
        return None

    def prepare() -> None:
        libc.prctl(_ON_PARENTS_DEATH, stop_signal)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
