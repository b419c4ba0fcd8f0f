"""The programs that the stack starts: each in a session of its own, and none outlives the stack."""

import os
import pwd
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from stack.launch import end_with_parent
from stack.settings import ROOT


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
    gives_way: bool = False,
) -> Child:
    """Starts a program whose output goes to `log`; `user` is whom it runs as, for root only.

    One that `gives_way` gets the processor when no other program of this machine wants it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        popen = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            cwd=ROOT if user is None else "/", env=dict(environ), start_new_session=True, umask=0o077,
            preexec_fn=end_with_parent(stop_signal, gives_way=gives_way),  # noqa: PLW1509 (it takes no lock)
            **as_user(user),
        )  # fmt: skip
    return Child(name, popen, log, stop_signal)


def as_user(user: str | None) -> dict[str, Any]:
    """What subprocess needs to run a program as `user`, in no group but that user's own."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def family_of(pid: int) -> list[psutil.Process]:
    """The process and all that it started and those started."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def rest_of_session(pid: int) -> list[psutil.Process]:
    """What is left of the session that a program of ours led: those that it started and did not take along.

    Every program of ours leads a session of its own, so nobody else's can be among them.
    """
    return [process for process in psutil.process_iter() if _session_of(process.pid) == pid]


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def kill_all(family: Sequence[psutil.Process]) -> None:
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)
