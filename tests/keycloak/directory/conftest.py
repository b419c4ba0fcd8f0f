"""A real Keycloak to arrange and to ask, in this module's own realm."""

import pytest

from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm


@pytest.fixture(scope="module")
def keycloak(realm: TestRealm) -> KeycloakScene:
    return KeycloakScene(realm)
