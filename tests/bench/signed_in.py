"""An approver's signed-in HTTP client: signed in on Keycloak's page by a browser, then without one."""

import re
from collections.abc import Mapping
from urllib.parse import urljoin

import requests
from playwright.sync_api import sync_playwright

from directory.vocabulary import Role
from tests.bench.servers import Bench
from tests.browser.accounts import make_person
from tests.browser.chromium import launch
from tests.browser.stack_facts import SamplePerson, StackFacts

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class SignedIn:
    """Asks for pages of the portal as one person."""

    def __init__(self, portal: str, cookies: Mapping[str, str]):
        self._portal, self._client = portal, requests.Session()
        self._client.cookies.update(cookies)
        self._client.headers["Referer"] = f"{portal}/"

    @property
    def cookie(self) -> str:
        """The header that makes a request this person's."""
        return "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())

    def page(self, path: str) -> str:
        """The page's text. Raises AssertionError for anything but a page of one's own."""
        answer = self._client.get(urljoin(self._portal, path), timeout=30, allow_redirects=False)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.text

    def token(self, path: str) -> str:
        """The forms' token of a page."""
        found = TOKEN.search(self.page(path))
        assert found, f"no form on {path}"
        return found[1]

    def send(self, path: str, **fields: str) -> None:
        """Sends a form, and expects to be led on."""
        answer = self._client.post(
            urljoin(self._portal, path), data=fields, timeout=30, allow_redirects=False
        )
        assert answer.status_code in (302, 303), f"{path}: {answer.status_code} {answer.text[:500]}"


def sign_in_as_approver(stack: Bench, commissioner: str) -> SignedIn:
    """A new Commissioner Approver of this commissioner, signed in."""
    facts = StackFacts(stack.facts)
    person = make_person(facts, "Bernard", "Bench", (Role.COMMISSIONER_APPROVER, commissioner))
    return SignedIn(facts.portal, _cookies(facts, person))


def _cookies(facts: StackFacts, person: SamplePerson) -> dict[str, str]:
    with sync_playwright() as playwright:
        page = launch(playwright).new_page()
        page.goto(f"{facts.portal}/signin")
        page.locator("input[name=username]").fill(person.email)
        page.locator("input[name=password]").fill(person.password)
        page.locator("button[type=submit], input[type=submit]").first.click()
        page.wait_for_url(f"{facts.portal}/**")
        return {one["name"]: one["value"] for one in page.context.cookies(facts.portal)}
