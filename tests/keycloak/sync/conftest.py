"""A realm whose tree is empty, for each test that writes one."""

from collections.abc import Iterator

import pytest

from directory.tree import Tree
from tests.keycloak.sync.console import Console
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningServers


@pytest.fixture
def empty_realm(servers: RunningServers) -> Iterator[TestRealm]:
    with fresh_realm(servers) as made:
        yield made


@pytest.fixture
def tree(empty_realm: TestRealm) -> Tree:
    """As the service account alone, with the rights the realm file gives it."""
    return Tree(empty_realm.connection("sync"))


@pytest.fixture
def console(empty_realm: TestRealm) -> Console:
    return Console(empty_realm)
