"""Fixtures for servers, as a plugin of pytest: one PostgreSQL, one Keycloak and one mail catcher a test run.

Each is started only when a test asks for it, and serves all processes of the run.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.console import Console
from stack.page_files import PORTAL_FOLDER, copy_page_files, fetch_page_files
from stack.settings import cache_folder
from tests.support.servers.lender import ADDRESSES, Lender, borrow
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import (
    AUDIT_KEY,
    RUNNING_ROLE,
    RunningPostgres,
    RunningServers,
    as_running_role,
)
from tests.support.servers.sources import running_postgres, running_servers

JAVA = "JDK_JAVA_OPTIONS"
QUICK_JAVA = "-XX:TieredStopAtLevel=1"
"""For a Keycloak that lives for a few tests: with this a start takes 12 seconds of a processor, else 20."""
LASTING_JAVA = (
    "-XX:Tier4InvocationThreshold=15000 -XX:Tier4MinInvocationThreshold=1800 -XX:Tier4CompileThreshold=45000"
)
"""For the one that a run with several processes shares, which lives long enough for Java's slower compiler to
earn its minute back: once it is through, a call costs half as much. It is kept to what is called three times
as often as it takes such a call to be by itself.
"""
_FOLDER, _LENDERS = pytest.StashKey[Path](), pytest.StashKey[list[Lender]]()


def pytest_configure(config: pytest.Config) -> None:
    """The process that began the run lends; its workers, which inherit the variable, borrow."""
    is_worker = hasattr(config, "workerinput")
    is_shared = not is_worker and config.getoption("numprocesses", default=None)
    if os.environ.get(JAVA, LASTING_JAVA) == LASTING_JAVA:  # nobody's own; a worker has its parent's
        os.environ[JAVA] = LASTING_JAVA if is_shared else QUICK_JAVA
    if is_worker:
        return
    folder = config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="cqrs-tests-"))
    folder.chmod(0o711)
    os.environ[ADDRESSES] = str(folder)
    config.stash[_LENDERS] = [
        Lender("postgres", lambda: running_postgres(folder / "database")),
        Lender("servers", lambda: running_servers(folder / "servers")),
        Lender("migrated", _migrated),
        Lender("page-files", _page_files),
    ]


def pytest_unconfigure(config: pytest.Config) -> None:
    for lender in reversed(config.stash.get(_LENDERS, [])):
        lender.close()
    if folder := config.stash.get(_FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> RunningPostgres:
    """PostgreSQL, for databases of the tests' own."""
    return borrow("postgres")


@pytest.fixture(scope="session")
def servers() -> RunningServers:
    """Keycloak and a mail catcher."""
    return borrow("servers")


@pytest.fixture(scope="session")
def page_files() -> Path:
    """The folder with the NHS design system's files, where the portal serves them from."""
    return borrow("page-files")


@pytest.fixture(scope="module")
def realm(servers: RunningServers) -> Iterator[TestRealm]:
    """A realm that only this module's tests touch, made from the service's own realm file."""
    with fresh_realm(servers) as made:
        yield made


@pytest.fixture(scope="module")
def database(postgres: RunningPostgres) -> Iterator[str]:
    """The address of a portal database that only this module's tests touch, at the newest migration.

    As the running service has it: who signs in there may do what the service may.
    """
    with postgres.fresh_database(template=borrow("migrated")) as url:
        yield as_running_role(url)


@contextmanager
def _migrated() -> Iterator[str]:
    """The name of a database at the newest migration, to be copied and never touched."""
    postgres: RunningPostgres = borrow("postgres")
    name = f"migrated_{secrets.token_hex(4)}"
    postgres.make_running_role()
    environment = os.environ | {
        "CQRS_OWNER_DATABASE_URL": postgres.database_url(name),
        "CQRS_DATABASE_ROLE": RUNNING_ROLE,
        "CQRS_AUDIT_KEY": AUDIT_KEY,
    }
    command = [sys.executable, "-m", "commands", "portal", "migrate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    yield name
    postgres.drop_database(name)


@contextmanager
def _page_files() -> Iterator[Path]:
    copy_page_files(fetch_page_files(cache_folder(), Console(quiet=True)), PORTAL_FOLDER)
    yield PORTAL_FOLDER
