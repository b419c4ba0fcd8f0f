"""Our own programs on the stack: the portal under gunicorn, its worker, and the mail catcher."""

import os
import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from stack.environment import NOT_FOR_THE_PORTAL, NOT_FOR_THE_WORKER
from stack.process import Child, start
from stack.service import accepts_connections, answers_ok
from stack.settings import ROOT

EXAMPLE = "examples.payments:from_environment()"
_PORTAL = (sys.executable, "-m", "gunicorn", "-c", "python:portal.web.gunicorn")
_PORTAL_OPTIONS = ("--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--log-level", "warning")


@dataclass(frozen=True)
class Portal:
    """The web processes. `environ` are the CQRS_ variables of `stack.environment`."""

    state: Path
    port: int
    environ: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def launch(self) -> Child:
        here = ("--bind", f"127.0.0.1:{self.port}", "--worker-tmp-dir", self.state)
        environ = _environment(self.environ, NOT_FOR_THE_PORTAL)
        log = self.state / "logs" / "portal.log"
        return start("portal", [*_PORTAL, *_PORTAL_OPTIONS, *here], log=log, environ=environ)

    def healthy(self) -> bool:
        return answers_ok(self.port, "/health")


@dataclass(frozen=True)
class Worker:
    """The worker, for which pages wait."""

    state: Path
    metrics_port: int
    environ: Mapping[str, str]

    def launch(self) -> Child:
        command, log = (sys.executable, "-m", "commands", "worker"), self.state / "logs" / "worker.log"
        environ = _environment(self.environ, NOT_FOR_THE_WORKER)
        return start("worker", command, log=log, environ=environ)

    def healthy(self) -> bool:
        return accepts_connections(self.metrics_port)


@dataclass(frozen=True)
class Example:
    """The example application: it knows its own secret, and where the portal and Keycloak are."""

    state: Path
    port: int
    environ: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def launch(self) -> Child:
        here = ("--bind", f"127.0.0.1:{self.port}", "--threads", "4", "--log-level", "warning")
        command = (sys.executable, "-m", "gunicorn", *here, "--pythonpath", ROOT, EXAMPLE)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CQRS_")}
        log = self.state / "logs" / "example.log"
        return start("example", command, log=log, environ=environ | dict(self.environ))

    def healthy(self) -> bool:
        return answers_ok(self.port, "/")


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


def _environment(environ: Mapping[str, str], without: Set[str]) -> dict[str, str]:
    everything = os.environ | dict(environ) | {"PYTHONUNBUFFERED": "1"}
    return {name: value for name, value in everything.items() if name not in without}
