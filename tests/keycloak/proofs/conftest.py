"""What several proofs run on."""

from collections.abc import Iterator

import pytest

from tests.support.builders.world import World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.proofs.race import Course
from tests.support.servers.realm import TestRealm


@pytest.fixture
def course() -> Iterator[Course]:
    made = Course()
    yield made
    made.close()


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> World:
    """The small country on a real Keycloak."""
    return build_real(database, KeycloakScene(realm))
