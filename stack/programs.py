"""Our own programs on the stack: the portal under gunicorn, its worker, and the mail catcher."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.process import Child, start
from stack.service import accepts_connections, answers_ok

_PORTAL = (sys.executable, "-m", "gunicorn", "portal.application:create_app()", "--preload")
_PORTAL_OPTIONS = ("--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--log-level", "warning")


@dataclass(frozen=True)
class Portal:
    """The web process. `environ` are the CQRS_ variables of `stack.environment`."""

    state: Path
    port: int
    environ: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def launch(self) -> Child:
        here = ("--bind", f"127.0.0.1:{self.port}", "--worker-tmp-dir", self.state)
        log = self.state / "logs" / "portal.log"
        return start("portal", [*_PORTAL, *_PORTAL_OPTIONS, *here], log=log, environ=_with(self.environ))

    def healthy(self) -> bool:
        return answers_ok(self.port, "/health")


@dataclass(frozen=True)
class Worker:
    """It gets the processor when nobody waits for a page."""

    state: Path
    metrics_port: int
    environ: Mapping[str, str]

    def launch(self) -> Child:
        command, log = (sys.executable, "-m", "commands", "worker"), self.state / "logs" / "worker.log"
        return start("worker", command, log=log, environ=_with(self.environ), low_priority=True)

    def healthy(self) -> bool:
        return accepts_connections(self.metrics_port)


@dataclass(frozen=True)
class MailCatcher:
    """Keeps what it catches in the state folder. Both ports are on 127.0.0.1."""

    state: Path
    smtp_port: int
    web_port: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.web_port}"

    def launch(self) -> Child:
        ports = ("--smtp-port", str(self.smtp_port), "--web-port", str(self.web_port))
        command = (sys.executable, "-m", "stack.mailcatcher", "--folder", self.state / "mail", *ports)
        return start("mail catcher", command, log=self.state / "logs" / "mail.log", environ=os.environ)

    def healthy(self) -> bool:
        return answers_ok(self.web_port, "/health")


def _with(environ: Mapping[str, str]) -> dict[str, str]:
    return os.environ | dict(environ) | {"PYTHONUNBUFFERED": "1"}
