"""Somebody has got a script into a page on which people type their password: no browser runs it."""

import secrets

import pytest
from playwright.sync_api import Page

from tests.support.realm.console import Console
from tests.support.realm.keycloak_pages import KeycloakPages

pytestmark = [pytest.mark.keycloak, pytest.mark.browser]
SMUGGLED = """() => {
  const script = document.createElement("script");
  script.text = "window.smuggled = true";
  document.head.append(script);
  document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.smuggled = true'>");
}"""


def test_a_smuggled_script_does_not_run(page: Page, pages: KeycloakPages) -> None:
    page.goto(pages.authorisation())
    page.evaluate(SMUGGLED)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.smuggled") is None


def test_reloading_sends_nothing_again(page: Page, pages: KeycloakPages, console: Console) -> None:
    """What Keycloak does by a script in the page, the theme's own does."""
    person = console.enrol(f"{secrets.token_hex(4)}@scripts.example")
    page.goto(pages.authorisation())
    page.get_by_label("Email address").fill(person["email"])
    page.get_by_label("Password", exact=True).fill("Wrong-password-1")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".nhsuk-error-summary").wait_for()
    page.wait_for_url(lambda address: "session_code" not in address)
    assert "/login-actions/authenticate?" in page.url
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.reload()
    assert page.locator("h1").inner_text() == "Sign in"
    assert set(sent) == {"GET"}
