"""A PostgreSQL of a test's own, to stop and start as it likes."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from portal.store.migrate import upgrade
from stack.postgres import Database, Postgres, database_home, portal_database
from stack.process import Child
from tests.support.servers.running import AUDIT_KEY, RunningPostgres
from tests.support.servers.sources import free_port
from tests.support.waiting import wait_until


@dataclass
class OwnPostgres:
    """A running PostgreSQL with the portal's database in it."""

    postgres: Postgres
    child: Child

    @property
    def url(self) -> str:
        """The running service's address of the portal's database."""
        return self.postgres.url("portal")

    def stop(self) -> None:
        self.child.stop(30)

    def start(self) -> None:
        self.child = _launched(self.postgres)


@contextmanager
def own_postgres(folder: Path) -> Iterator[OwnPostgres]:
    """The portal's database at the newest migration; all of it gone at the end."""
    with started_postgres(folder, portal_database("owner", "portal")) as own:
        RunningPostgres(own.postgres.administrator_url).let_become("portal", "portal_owner")
        upgrade(own.postgres.url("portal_owner"), "portal", AUDIT_KEY)
        yield own


@contextmanager
def started_postgres(folder: Path, *databases: Database) -> Iterator[OwnPostgres]:
    """A new PostgreSQL with these databases; all of it gone at the end."""
    postgres = Postgres(folder, free_port(), "administrator", databases)
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    postgres.prepare()
    own = _begun(postgres)
    try:
        own.postgres.make_databases()
        yield own
    finally:
        own.stop()
        shutil.rmtree(database_home(folder), ignore_errors=True)


def _begun(postgres: Postgres) -> OwnPostgres:
    """At its port; at another where somebody else took that one first."""
    child = _launched(postgres)
    if child.popen.poll() is None:
        return OwnPostgres(postgres, child)
    elsewhere = replace(postgres, port=free_port())
    return OwnPostgres(elsewhere, _launched(elsewhere))


def _launched(postgres: Postgres) -> Child:
    """Answering, or ended again."""
    child = postgres.launch()
    wait_until(lambda: postgres.healthy() or child.popen.poll() is not None, 60, "PostgreSQL")
    return child
