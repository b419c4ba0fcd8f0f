"""A PostgreSQL of a test's own, to stop and start as it likes."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.store.migrate import upgrade
from stack.postgres import Postgres, database_home
from stack.process import Child
from tests.support.servers.sources import free_port


@dataclass
class OwnPostgres:
    """A running PostgreSQL with the portal's database in it."""

    postgres: Postgres
    child: Child

    @property
    def url(self) -> str:
        return self.postgres.url("portal")

    def stop(self) -> None:
        self.child.stop(30)

    def start(self) -> None:
        self.child = _launched(self.postgres)


@contextmanager
def own_postgres(folder: Path) -> Iterator[OwnPostgres]:
    """The portal's database at the newest migration; all of it gone at the end."""
    with started_postgres(folder, portal="portal") as own:
        upgrade(own.url)
        yield own


@contextmanager
def started_postgres(folder: Path, **passwords: str) -> Iterator[OwnPostgres]:
    """A new PostgreSQL with these databases; all of it gone at the end."""
    postgres = Postgres(folder, free_port(), "administrator", passwords)
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    postgres.prepare()
    own = OwnPostgres(postgres, _launched(postgres))
    try:
        postgres.make_databases()
        yield own
    finally:
        own.stop()
        shutil.rmtree(database_home(folder), ignore_errors=True)


def _launched(postgres: Postgres) -> Child:
    child, until = postgres.launch(), time.monotonic() + 60
    while not postgres.healthy():
        assert time.monotonic() < until, "PostgreSQL does not answer"
        time.sleep(0.1)
    return child
