"""What the attacks on Keycloak's side share: a realm's console, a browser, and an authenticator app."""

import pytest

from tests.support.realm.console import Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.servers.realm import TestRealm


@pytest.fixture
def console(realm: TestRealm) -> Console:
    return Console(realm)


@pytest.fixture
def pages(realm: TestRealm) -> KeycloakPages:
    """A browser without script, with no cookies yet."""
    return KeycloakPages(realm)
