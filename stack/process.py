"""The programs that run as long as the stack: started, ended with all that they started, and remembered.

What is remembered lets the next start end what a killed stack left behind.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from stack.disk import read_json, write_json
from stack.launch import as_user, end_with_parent
from stack.settings import ROOT

# A process's start is read from the same kernel counter each time, so it differs only by rounding.
_SAME_START = 0.05
_KILLED_WITHIN = 5.0
_LEFTOVER_ENDS_WITHIN = 20.0


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
    def how_it_ended(self) -> str:
        code = self.popen.poll()
        if code is None:
            return "still running"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def stop(self, timeout: float) -> None:
        """Asks it to end and waits `timeout` seconds; then it, and all that it started, is killed."""
        if self.ended:
            return
        family = _family_of(self.popen.pid)
        self.popen.send_signal(self.stop_signal)
        try:
            self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            _kill(family)
            self.popen.wait()

    def kill_what_it_left(self) -> None:
        """Kills what an ended program started and did not take along.

        Each of our programs leads a session of its own, so nobody else's can be in it.
        """
        _kill([each for each in psutil.process_iter() if _session_of(each.pid) == self.popen.pid])


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


class ProcessRegister:
    """The pids of this stack in `path`, each with its start time, for a pid alone may be somebody else's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, dict[str, float]] = {}

    def add(self, child: Child) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            created = psutil.Process(child.popen.pid).create_time()
            entry = {"pid": child.popen.pid, "created": created, "signal": child.stop_signal}
            self._entries[child.name] = entry
            write_json(self.path, self._entries)

    def clear(self) -> None:
        self._entries = {}
        self.path.unlink(missing_ok=True)

    @property
    def pids(self) -> dict[str, int]:
        return {name: int(entry["pid"]) for name, entry in self._entries.items()}


def stop_leftovers(path: Path) -> list[str]:
    """Ends what an earlier run of this register left, in reverse order; the names of what was found."""
    found = []
    for name, entry in reversed((read_json(path) or {}).items()):
        process = _same_process(int(entry["pid"]), entry["created"])
        if process:
            found.append(name)
            _stop_leftover(process, int(entry["signal"]))
    path.unlink(missing_ok=True)
    return found


def _stop_leftover(process: psutil.Process, stop_signal: int) -> None:
    family = _family_of(process.pid)
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(stop_signal)
    _, alive = psutil.wait_procs(family, timeout=_LEFTOVER_ENDS_WITHIN)
    _kill(alive)


def _same_process(pid: int, created: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE
        return process if alive and abs(process.create_time() - created) < _SAME_START else None
    except psutil.NoSuchProcess:
        return None


def _family_of(pid: int) -> list[psutil.Process]:
    """The process and all that it started and those started."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def _kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=_KILLED_WITHIN)
