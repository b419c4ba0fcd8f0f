"""The service's own programs on the stack: the portal under gunicorn, and its worker."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.asking import answers_ok, listens
from stack.process import Child, start

_WORKERS, _THREADS = "2", "4"


@dataclass(frozen=True)
class Application:
    """`environ` are the CQRS_ variables of `stack.wiring`."""

    state: Path
    portal_port: int
    metrics_port: int
    environ: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.portal_port}"

    def launch_portal(self) -> Child:
        options = (
            "--preload",
            "--bind",
            f"127.0.0.1:{self.portal_port}",
            "--workers",
            _WORKERS,
            "--threads",
            _THREADS,
        )
        quiet = ("--graceful-timeout", "5", "--log-level", "warning", "--worker-tmp-dir", str(self.state))
        words = (sys.executable, "-m", "gunicorn", "portal.application:create_app()", *options, *quiet)
        return start("portal", words, log=self._log("portal"), environ=self._environ)

    def portal_healthy(self) -> bool:
        return answers_ok(f"http://127.0.0.1:{self.portal_port}/health")

    def launch_worker(self) -> Child:
        words = (sys.executable, "-m", "commands", "worker")
        return start("worker", words, log=self._log("worker"), environ=self._environ, gives_way=True)

    def worker_healthy(self) -> bool:
        return listens(self.metrics_port)

    @property
    def _environ(self) -> dict[str, str]:
        return os.environ | dict(self.environ) | {"PYTHONUNBUFFERED": "1"}

    def _log(self, name: str) -> Path:
        return self.state / "logs" / f"{name}.log"
