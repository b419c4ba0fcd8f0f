"""The stack that is measured: a whole `cqrs run` of its own, and the servers below it by themselves."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stack.postgres import Postgres
from stack.settings import Settings, cache_folder
from stack.state import clean_state
from tests.browser.running import Run, environment
from tests.support.servers.running import RunningServers


@dataclass
class Bench:
    """One stack of a folder. It is down at first: a part asks for what it needs, and the next finds it so."""

    state: Path
    environ: Mapping[str, str]
    run: Run | None = None

    def up(self) -> Run:
        """The running stack, started now when it isn't up."""
        if self.run is None:
            self.run = Run(self.state, dict(self.environ)).start()
        return self.run

    def down(self) -> None:
        if self.run is not None:
            self.run.stop()
            self.run = None

    def start_anew(self) -> None:
        """Has the next part find a stack that it starts itself, whatever became of this one."""
        with suppress(subprocess.TimeoutExpired, AssertionError, OSError):
            self.down()
        self.run = None

    @property
    def facts(self) -> dict[str, Any]:
        """What run.json says."""
        return self.up().facts

    @property
    def settings(self) -> Settings:
        """For starting this folder's servers without the rest; only while the stack is down."""
        return Settings(self.state.resolve(), cache_folder(), self._ports)

    @cached_property
    def secrets(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.state / "secrets.json").read_text())
        return found

    @property
    def running(self) -> RunningServers:
        """Keycloak and mail as the tests' fixture gives them."""
        facts = self.facts
        return RunningServers(
            keycloak_url=facts["keycloak"],
            admin=facts["administrator"]["username"],
            admin_password=facts["administrator"]["password"],
            smtp_host="127.0.0.1",
            smtp_port=self._ports["smtp"],
            mail_url=facts["mail"],
        )

    @property
    def postgres_url(self) -> str:
        """The address of PostgreSQL's administrator, likewise; the stack is up then."""
        self.up()
        return self._postgres.administrator_url

    @property
    def portal_database(self) -> str:
        """The address of the portal's own database, as its owner: only they may gather its statistics."""
        return str(self.facts["environment"]["CQRS_OWNER_DATABASE_URL"])

    def service_environment(self) -> dict[str, str]:
        """The variables that the portal and the command line of this stack read."""
        return os.environ | self.facts["environment"]

    @property
    def _ports(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.state / "ports.json").read_text())
        return found

    @property
    def _postgres(self) -> Postgres:
        return Postgres(self.state, self._ports["postgres"], self.secrets["postgres_password"], ())


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """A stack of this folder, down at the end."""
    made = Bench(folder, environment(folder))
    try:
        yield made
    finally:
        made.down()
        clean_state(folder)
