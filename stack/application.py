"""The service's own programs on the stack: portal under gunicorn, its worker, and what they need first."""

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from stack.asking import answers_ok, listens
from stack.kept import keep, read_kept
from stack.keycloak import REALM_FILES
from stack.process import Child, start
from stack.settings import ROOT
from stack.steps import run_command

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

    def migrate(self) -> None:
        self._run("portal", "migrate")

    def apply_realm(self) -> bool:
        """Puts the realm right when its files or settings changed since the last time; whether it did."""
        wanted = _fingerprint(REALM_FILES.glob("*.json"), self.environ)
        kept = self.state / "realm-applied.json"
        if read_kept(kept) == wanted:
            return False
        self._run("realm", "apply")
        keep(kept, wanted)
        return True

    def sample_people(self) -> list[dict[str, Any]]:
        """The people of the sample data, which is loaded at the first start."""
        kept = self.state / "sample-people.json"
        people = read_kept(kept)
        if people is None:
            from stack.sample import load  # noqa: PLC0415 (needs the whole directory; only the first start does)

            people = [_plain(person) for person in load(os.environ | dict(self.environ))]
            keep(kept, people)
        return people

    def launch_portal(self) -> Child:
        options = ("--bind", f"127.0.0.1:{self.portal_port}", "--workers", _WORKERS, "--threads", _THREADS)
        quiet = ("--graceful-timeout", "5", "--log-level", "warning", "--worker-tmp-dir", str(self.state))
        words = (sys.executable, "-m", "gunicorn", "portal:create_app()", *options, *quiet)
        return start("portal", words, log=self._log("portal"), environ=self._environ)

    def portal_healthy(self) -> bool:
        return answers_ok(f"http://127.0.0.1:{self.portal_port}/health")

    def launch_worker(self) -> Child:
        words = (sys.executable, "-m", "commands", "worker")
        return start("worker", words, log=self._log("worker"), environ=self._environ)

    def worker_healthy(self) -> bool:
        return listens(self.metrics_port)

    @property
    def _environ(self) -> dict[str, str]:
        return os.environ | dict(self.environ) | {"PYTHONUNBUFFERED": "1"}

    def _run(self, *words: str) -> None:
        run_command(words, self.environ, self._log("-".join(words)))

    def _log(self, name: str) -> Path:
        return self.state / "logs" / f"{name}.log"


def _fingerprint(files: Any, environ: Mapping[str, str]) -> str:
    content = hashlib.sha256(repr(sorted(environ.items())).encode())
    for file in sorted(files):
        content.update(file.read_bytes())
    for code in sorted((ROOT / "directory" / "realm").glob("*.py")):
        content.update(code.read_bytes())
    return content.hexdigest()


def _plain(person: Any) -> dict[str, Any]:
    return asdict(person) if is_dataclass(person) and not isinstance(person, type) else dict(person)
