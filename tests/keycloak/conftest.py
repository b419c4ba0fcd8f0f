"""What tests of a realm share: its console, a browser without script, and a real one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

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


@pytest.fixture(params=[1280, 320], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A real browser's page, as wide as on a desk and as narrow as in a hand."""
    with chromium.new_context(viewport={"width": request.param, "height": 800}) as context:
        yield context.new_page()
