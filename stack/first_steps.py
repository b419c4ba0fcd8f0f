"""What the service needs before its first request: the database's schema, the realm, people to try it with.

The local stack takes these steps, and so does the one-shot service `setup` of docker-compose.yml.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stack import StackProblem
from stack.disk import read_json, write_json
from stack.launch import run_to_end
from stack.settings import REALM_FILES, ROOT

_MIGRATED, _PEOPLE = "migrated.json", "sample-people.json"
_REALM, _MASTER = "realm-applied.json", "master-applied.json"


def forget_first_steps(state: Path) -> None:
    """For a database that is made anew: what was taken before was taken in another."""
    forget_what_changes_nothing_twice(state)
    (state / _PEOPLE).unlink(missing_ok=True)


def forget_what_changes_nothing_twice(state: Path) -> None:
    """All but the sample: loaded again, that would bring back what somebody has removed or renamed since."""
    for name in (_MIGRATED, _REALM, _MASTER):
        (state / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class FirstSteps:
    """`state` remembers which were taken; `environ` are the CQRS_ variables of `stack.environment`."""

    state: Path
    environ: Mapping[str, str]

    def migrate(self) -> None:
        """Brings the database to its newest schema, when the migrations changed since the last time."""
        files = sorted((ROOT / "portal" / "store" / "migrations").rglob("*.py"))
        self._run_if_changed(_MIGRATED, files, "portal", "migrate")

    def apply_realm(self) -> None:
        """Puts the realm right, when its files or settings changed since the last time."""
        files = [*sorted(REALM_FILES.glob("*.json")), *sorted((ROOT / "directory" / "realm").glob("*.py"))]
        self._run_if_changed(_REALM, files, "realm", "apply")
        self._run_if_changed(_MASTER, files, "realm", "apply", "--realm", "master")

    @property
    def taken_before(self) -> bool:
        """Whether an earlier start took them all, so that this one need not wait for them."""
        return read_json(self._people) is not None

    def sample_people(self) -> list[dict[str, Any]]:
        """The people of the sample data, loaded and copied to the portal's mirror the first time."""
        people: list[dict[str, Any]] | None = read_json(self._people)
        if people is None:
            from stack.sample import load  # noqa: PLC0415 (needs the whole directory; only the first start does)

            people = [asdict(person) for person in load(os.environ | dict(self.environ))]
            self._run("portal", "reconcile")
            write_json(self._people, people)
        return people

    @property
    def _people(self) -> Path:
        return self.state / _PEOPLE

    def _run_if_changed(self, name: str, files: Iterable[Path], *words: str) -> None:
        """Runs the command unless it ran for just these files and settings before; `name` remembers which."""
        last, wanted = self.state / name, _fingerprint(files, self.environ)
        if read_json(last) != wanted:
            self._run(*words)
            write_json(last, wanted)

    def _run(self, *words: str) -> None:
        """Runs `cqrs` with these words to its end. Raises StackProblem when it fails."""
        log = self.state / "logs" / f"{'-'.join(words)}.log"
        command = (sys.executable, "-m", "commands", *words)
        done = run_to_end(command, log=log, environ=os.environ | dict(self.environ))
        if done.code:
            raise StackProblem(f"`cqrs {' '.join(words)}` failed: {done.last_line} (all of it: {log})")


def _fingerprint(files: Iterable[Path], environ: Mapping[str, str]) -> str:
    content = hashlib.sha256(repr(sorted(environ.items())).encode())
    for file in files:
        content.update(file.read_bytes())
    return content.hexdigest()
