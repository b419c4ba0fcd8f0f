"""A stack that runs as `cqrs run` would for anybody: a process of its own, reached only by its addresses."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.support.untold import told_in_files

ROOT = Path(__file__).resolve().parents[2]
# Every journey registers from this one machine, more often than one network address may; and a page says what
# the worker has done, however long that takes on a busy machine.
UNLIMITED = {
    "CQRS_REGISTER_LIMIT": "10000",
    "CQRS_ADDRESS_LIMIT": "10000",
    "CQRS_ASK_LIMIT": "10000",
    "CQRS_SIGNIN_LIMIT": "10000",
    "CQRS_LONGEST_WAIT": "30",
}
START_LIMIT = 600.0
STOP_LIMIT = 180.0


class StackDidNotStart(RuntimeError):
    """The process ended, or said nothing of `ready`, within the limit; carries its last lines."""


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on; held together so that no two are the same."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def environment(state: Path, **changes: str) -> dict[str, str]:
    """This process's environment with a state folder and free ports for one stack."""
    ports = zip(("PORTAL", "KEYCLOAK", "MAIL"), free_ports(3), strict=True)
    asked = {f"CQRS_{name}_PORT": str(port) for name, port in ports}
    return {**os.environ, **asked, **UNLIMITED, "CQRS_STATE": str(state), "COLUMNS": "160", **changes}


@dataclass
class Run:
    """One `cqrs run`, from its start to its end."""

    state: Path
    environ: dict[str, str]
    lines: list[str] = field(default_factory=list)
    seconds_to_ready: float = 0.0
    _process: subprocess.Popen[str] | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What the stack wrote about itself in run.json."""
        return json.loads((self.state / "run.json").read_text())

    def start(self) -> "Run":
        """Starts it and waits for `ready`. Raises StackDidNotStart."""
        began = time.monotonic()
        self._process = subprocess.Popen(
            [str(Path(sys.executable).with_name("cqrs")), "run"],
            cwd=ROOT,
            env=self.environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self._process.stdout, ready), daemon=True).start()
        while not ready.wait(0.02):
            if self._process.poll() is not None or time.monotonic() - began > START_LIMIT:
                self.stop()
                raise StackDidNotStart("\n".join(self.lines[-40:]))
        self.seconds_to_ready = time.monotonic() - began
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop, as Ctrl-C does, and waits; the exit status. One that doesn't is killed."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            status = self._process.wait(STOP_LIMIT)
            assert told_in_files(self.state) == []
            return status
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def _read(self, output: IO[str] | None, ready: threading.Event) -> None:
        assert output is not None
        for line in output:
            self.lines.append(line.rstrip("\n"))
            if line.strip().startswith("ready"):
                ready.set()
