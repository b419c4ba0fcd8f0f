"""Any order of what people and administrators do, on a real Keycloak; fewer than in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.builders.world import World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.proofs.accounts_machine import run
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
PATIENCE = 60.0
"""Seconds, on a machine that is busy with other tests: Keycloak tells of a lock after it locked."""


def test_whatever_happens(database: str, servers: RunningServers) -> None:
    """APR-1, APR-4, ROL-3, AUD-1: the same in Keycloak, whose console really changes it."""

    @contextmanager
    def country() -> Iterator[World]:
        with fresh_realm(servers) as realm:
            world = build_real(database, KeycloakScene(realm))
            yield world
            world.services.sessions.kw["bind"].dispose()

    run(country, examples=4, steps=15, patience=PATIENCE)
