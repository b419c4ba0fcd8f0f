"""The fixtures that every test may use: servers, a realm of one's own, a database of one's own, a browser."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import LONGEST_WAIT_MS, launch
from tests.support.builders.world import World, build
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningServers
from tests.support.servers.sources import running_servers

# How long an example takes says nothing on a busy machine: nothing here is to fail by it.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
# What a page is to show, it may take as long to show as everything else in a browser.
expect.set_options(timeout=LONGEST_WAIT_MS)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """PostgreSQL, Keycloak and a mail catcher, started once for the whole run."""
    with running_servers(tmp_path_factory.mktemp("servers")) as running:
        yield running


@pytest.fixture(scope="module")
def realm(servers: RunningServers) -> Iterator[TestRealm]:
    """A realm that only this module's tests touch, made from the service's own realm file."""
    with fresh_realm(servers) as made:
        yield made


@pytest.fixture(scope="session")
def migrated(servers: RunningServers) -> Iterator[str]:
    """The name of a database at the newest migration, to be copied and never touched."""
    name = f"migrated_{secrets.token_hex(4)}"
    _migrate(servers.database_url(name))
    yield name
    servers.drop_database(name)


@pytest.fixture(scope="module")
def database(servers: RunningServers, migrated: str) -> Iterator[str]:
    """The address of a portal database that only this module's tests touch, at the newest migration."""
    name = f"test_{secrets.token_hex(4)}"
    yield servers.database_url(name, template=migrated)
    servers.drop_database(name)


@pytest.fixture
def world(database: str) -> World:
    """The small country, fresh for each test, in this module's database."""
    return build(database)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for each module: Playwright can't run twice in a thread, nor beside another event loop."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def _migrate(url: str) -> None:
    environment = os.environ | {"CQRS_DATABASE_URL": url}
    command = [sys.executable, "-m", "commands", "portal", "migrate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
