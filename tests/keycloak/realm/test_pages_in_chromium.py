"""Keycloak's pages in our theme in a real browser: accessible, no wider than the screen, calling nobody."""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.support.pages.axe import BEST_PRACTICE, found_by_axe
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.mailed import welcome_link
from tests.support.servers.realm import TestRealm

pytestmark = [pytest.mark.keycloak, pytest.mark.browser]

Look = Callable[[str], None]


@pytest.fixture
def look(realm: TestRealm, page: Page) -> Look:
    """Checks the page that the browser is at, by the heading it must have."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    keycloak = urlsplit(realm.servers.keycloak_url).netloc

    def at(heading: str) -> None:
        page.wait_for_load_state("networkidle")
        assert page.locator("h1").inner_text() == heading
        assert found_by_axe(page, BEST_PRACTICE) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor")
            == "rgb(0, 94, 184)"
        )
        assert set(asked) == {keycloak}

    return at


def test_signing_in_and_being_refused(console: Console, pages: KeycloakPages, page: Page, look: Look) -> None:
    person = console.enrol(_somebody())
    page.goto(pages.authorisation())
    look("Sign in")
    page.get_by_text("Forgotten your user name?").click()
    look("Sign in")
    for number in range(6):
        if number == 5:
            console.wait_until_locked(person)
        page.get_by_label("Email address").fill(person["email"])
        page.get_by_label("Password", exact=True).fill(f"Wrong-{number}")
        page.get_by_role("button", name="Sign in").click()
        look("Sign in")
    assert "close an account for a while" in page.locator(".nhsuk-error-summary").inner_text()


def test_setting_a_password(realm: TestRealm, console: Console, page: Page, look: Look) -> None:
    person = console.enrol(_somebody(), None, emailVerified=False)
    link = welcome_link(realm, person)
    page.goto(link)
    look("Finish setting up your account")
    page.get_by_role("button", name="Continue").click()
    look("Set your password")
    page.get_by_role("button", name="Show password").first.click()
    assert page.get_by_label("New password", exact=True).get_attribute("type") == "text"
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_role("button", name="Save password").click()
    look("Set your password")
    for label in ("New password", "New password again"):
        page.get_by_label(label, exact=True).fill("Kelp-forest-12")
    page.get_by_role("button", name="Save password").click()
    look("You can now sign in")
    page.goto(link)
    look("This link does not work any more")


def test_keycloaks_own_pages(console: Console, page: Page, pages: KeycloakPages) -> None:
    email = console.enrol(_somebody())["email"]
    page.goto(pages.authorisation(kc_action="CONFIGURE_TOTP"))
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("h1").inner_text() == "Set up an authenticator app"
    assert found_by_axe(page, BEST_PRACTICE) == []


def _somebody() -> str:
    return f"{secrets.token_hex(4)}@chromium.example"
