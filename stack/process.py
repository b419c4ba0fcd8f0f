"""The programs that the stack starts: each in a session of its own, and none outlives the stack."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from stack.settings import ROOT

_ON_PARENTS_DEATH = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Child:
    """A started program. `stop_signal` is the one on which it ends in good order."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    stop_signal: int

    @property
    def ended(self) -> bool:
        return self.popen.poll() is not None

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self.popen.poll()
        if code is None:
            return "still running"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def stop(self, patience: float) -> None:
        """Asks it to end and waits `patience` seconds; then it, and all that it started, is killed."""
        if self.ended:
            return
        family = family_of(self.popen.pid)
        self.popen.send_signal(self.stop_signal)
        try:
            self.popen.wait(patience)
        except subprocess.TimeoutExpired:
            kill_all(family)
            self.popen.wait()


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environ: Mapping[str, str],
    stop_signal: int = signal.SIGTERM,
    user: str | None = None,
) -> Child:
    """Starts a program whose output goes to `log`; `user` is whom it runs as, for root only."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        popen = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            cwd=ROOT if user is None else "/", env=dict(environ), start_new_session=True, umask=0o077,
            preexec_fn=end_with_parent(stop_signal),  # noqa: PLW1509 (it takes no lock)
            **as_user(user),
        )  # fmt: skip
    return Child(name, popen, log, stop_signal)


def as_user(user: str | None) -> dict[str, object]:
    """What subprocess needs to run a program as `user`, in no group but that user's own."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def end_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """What a child does before it becomes its program, so that it is told when this process dies.

    Linux only; elsewhere the next start finds what was left (`stack.leftovers`). Changing the user clears
    the wish, so it comes after that: subprocess calls it last.
    """
    libc, parent = _LIBC, os.getpid()
    if libc is None:
        return None

    def wish() -> None:
        libc.prctl(_ON_PARENTS_DEATH, stop_signal)
        if os.getppid() != parent:
            os._exit(1)

    return wish


def family_of(pid: int) -> list[psutil.Process]:
    """The process and all that it started and those started."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_all(family: Sequence[psutil.Process]) -> None:
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)
