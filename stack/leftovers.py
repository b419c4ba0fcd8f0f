"""Remembers what the stack started, so that the next start can end what a killed one left behind."""

import contextlib
import signal
from pathlib import Path

import psutil

from stack.json_files import keep, read_kept
from stack.process import Child, family_of, kill_all

# A process's start is read from the same kernel counter each time, so it differs only by rounding.
_SAME_START = 0.05


class Register:
    """The pids of this stack in `path`, each with its start time, for a pid alone may be somebody else's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, dict[str, float]] = {}

    def add(self, child: Child) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            created = psutil.Process(child.popen.pid).create_time()
            entry = {"pid": child.popen.pid, "created": created, "signal": child.stop_signal}
            self._entries[child.name] = entry
            keep(self.path, self._entries)

    def clear(self) -> None:
        self._entries = {}
        self.path.unlink(missing_ok=True)

    @property
    def pids(self) -> dict[str, int]:
        return {name: int(entry["pid"]) for name, entry in self._entries.items()}


def stop_leftovers(path: Path, patience: float = 20) -> list[str]:
    """Ends what an earlier run of this state folder left, in reverse order; the names of what was found."""
    found = []
    for name, entry in reversed((read_kept(path) or {}).items()):
        process = _same_process(int(entry["pid"]), entry["created"])
        if process:
            found.append(name)
            _stop(process, int(entry.get("signal", signal.SIGTERM)), patience)
    path.unlink(missing_ok=True)
    return found


def _same_process(pid: int, created: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE
        return process if alive and abs(process.create_time() - created) < _SAME_START else None
    except psutil.NoSuchProcess:
        return None


def _stop(process: psutil.Process, stop_signal: int, patience: float) -> None:
    family = family_of(process.pid)
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(stop_signal)
    _, alive = psutil.wait_procs(family, timeout=patience)
    kill_all(alive)
