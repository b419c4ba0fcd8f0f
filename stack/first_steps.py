"""What the service needs before its first request: the database's form, the realm, and people to try it with.

The local stack takes these steps, and so does the one-shot service `setup` of docker-compose.yml.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from stack.json_files import keep, read_kept
from stack.settings import REALM_FILES, ROOT
from stack.steps import run_command


@dataclass(frozen=True)
class FirstSteps:
    """`state` remembers which were taken; `environ` are the CQRS_ variables of `stack.wiring`."""

    state: Path
    environ: Mapping[str, str]

    def migrate(self) -> bool:
        """Brings the database to its newest form when the migrations changed since the last time; whether."""
        files = sorted((ROOT / "portal" / "store" / "migrations").rglob("*.py"))
        return self._once_for("migrated.json", files, "portal", "migrate")

    def apply_realm(self) -> bool:
        """Puts the realm right when its files or settings changed since the last time; whether it did."""
        files = [*sorted(REALM_FILES.glob("*.json")), *sorted((ROOT / "directory" / "realm").glob("*.py"))]
        return self._once_for("realm-applied.json", files, "realm", "apply")

    @property
    def taken(self) -> bool:
        """Whether an earlier start took them all, so that this one need not wait for them."""
        return read_kept(self._people) is not None

    def sample_people(self) -> list[dict[str, Any]]:
        """The people of the sample data, loaded and copied to the portal's mirror the first time."""
        people: list[dict[str, Any]] | None = read_kept(self._people)
        if people is None:
            from stack.sample import load  # noqa: PLC0415 (needs the whole directory; only the first start does)

            people = [_plain(person) for person in load(os.environ | dict(self.environ))]
            self._run("portal", "reconcile")
            keep(self._people, people)
        return people

    @property
    def _people(self) -> Path:
        return self.state / "sample-people.json"

    def _once_for(self, name: str, files: Iterable[Path], *words: str) -> bool:
        """Runs the command unless it ran for just these files and settings before; `name` remembers which."""
        kept, wanted = self.state / name, _fingerprint(files, self.environ)
        if read_kept(kept) == wanted:
            return False
        self._run(*words)
        keep(kept, wanted)
        return True

    def _run(self, *words: str) -> None:
        run_command(words, self.environ, self.state / "logs" / f"{'-'.join(words)}.log")


def _fingerprint(files: Iterable[Path], environ: Mapping[str, str]) -> str:
    content = hashlib.sha256(repr(sorted(environ.items())).encode())
    for file in files:
        content.update(file.read_bytes())
    return content.hexdigest()


def _plain(person: Any) -> dict[str, Any]:
    return asdict(person) if is_dataclass(person) and not isinstance(person, type) else dict(person)
