"""Every page of Keycloak in our theme, reached as people reach it: axe finds nothing against it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.keycloak.realm.theme_ways import WAYS, Visit
from tests.support.pages.axe import BEST_PRACTICE, found_by_axe
from tests.support.realm.console import Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.servers.realm import TestRealm

pytestmark = [pytest.mark.keycloak, pytest.mark.browser]

THEME = Path(__file__).parents[3] / "keycloak-realm" / "themes" / "cqrs" / "login"
PARTS = {"template", "parts", "passkeys"}
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 800}


def test_no_page_of_the_theme_is_left_out() -> None:
    """A page added to the theme needs a way to it here."""
    written = {file.stem for file in THEME.glob("*.ftl")} - PARTS
    assert written <= {template for template, _, _ in WAYS.values()}


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Page:
    """One for all the ways: a new one costs a processor almost a second."""
    return chromium.new_page()


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    """A phone's, of somebody who was never here."""
    window.set_viewport_size(PHONE)
    yield window
    window.goto("about:blank")  # no script of the last page may act on the next visitor's cookies
    window.context.clear_cookies()


@pytest.mark.parametrize("name", WAYS)
def test_axe(realm: TestRealm, console: Console, pages: KeycloakPages, page: Page, name: str) -> None:
    """UX-1: WCAG 2.2 AA, reached and judged on a phone, and judged again on a desk."""
    template, heading, way = WAYS[name]
    way(Visit(realm, console, pages, page))
    page.locator(f"body[data-page-id=login-{template}]").wait_for()
    page.wait_for_load_state()  # with its style sheets: what is hidden until then would be judged as seen
    assert page.locator("h1").inner_text() == heading
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert found_by_axe(page, BEST_PRACTICE) == [], size
