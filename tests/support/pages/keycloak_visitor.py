"""Somebody at Keycloak's real pages, without a browser: follows redirects and keeps both sites' cookies."""

import html
import re
from collections.abc import Callable
from urllib.parse import urljoin

import requests

from tests.support.waiting import wait_until

MOST_REDIRECTS = 12
LONGEST_WAIT = 60.0
"""Seconds, for one answer and for a password to be taken, on a busy machine too."""


class KeycloakVisitor:
    """Keycloak's cookies are for https only, so they are carried by hand to its plain address here."""

    def __init__(self, portal: str, keycloak: str) -> None:
        self.portal, self._keycloak = portal, keycloak
        self._cookies: dict[str, dict[str, str]] = {portal: {}, keycloak: {}}
        self.url, self.status, self.text = "", 0, ""
        self.named_by_the_portal: list[str] = []
        """How it named each request in its answer."""
        self.cleared_by_the_portal: list[str] = []
        """What it told the browser to drop, answer by answer; empty where it didn't."""
        self.on_the_way: Callable[[str], str] = lambda url: url
        """What somebody in between makes of an address that a redirect leads to."""

    def open(self, path: str) -> "KeycloakVisitor":
        """Opens a page of the portal, and goes where it sends."""
        return self._go("GET", urljoin(self.portal, path), {})

    def sign_in(self, email: str, password: str) -> "KeycloakVisitor":
        """Fills in Keycloak's page and sends it."""
        return self.fill_in({"username": email, "password": password})

    def insist_on_signing_in(self, email: str, password: str) -> "KeycloakVisitor":
        """With a good password: Keycloak refuses it while it still counts another of the same person."""
        wait_until(lambda: not self.sign_in(email, password).is_asked, LONGEST_WAIT, f"{email} let in")
        return self

    @property
    def is_asked(self) -> bool:
        """Whether Keycloak asks for a password at this page."""
        return self.at_keycloak and 'name="password"' in self.text

    def fill_in(self, answers: dict[str, str]) -> "KeycloakVisitor":
        """Sends Keycloak's page with these answers."""
        action = re.search(r'<form[^>]*action="([^"]+)"', self.text)
        assert action, self.text[:500]
        return self._go("POST", urljoin(self.url, html.unescape(action[1])), answers)

    def choose_role(self, role: str) -> "KeycloakVisitor":
        """Confirms one of several on the portal's page: an organisation's ODS code, a colon and the role."""
        return self._go("POST", f"{self.portal}/role", {"csrf_token": self.token, "role": role})

    def press_sign_out(self) -> "KeycloakVisitor":
        return self._go("POST", f"{self.portal}/signout", {"csrf_token": self.token})

    @property
    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.text)
        assert found, self.url
        return found[1]

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        assert found, self.url
        return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip()

    @property
    def cookies_of_the_portal(self) -> dict[str, str]:
        return dict(self._cookies[self.portal])

    @property
    def at_keycloak(self) -> bool:
        return self.url.startswith(self._keycloak)

    def _go(self, method: str, url: str, data: dict[str, str]) -> "KeycloakVisitor":
        for _ in range(MOST_REDIRECTS):
            site = self._cookies[self._keycloak if url.startswith(self._keycloak) else self.portal]
            sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in site.items())}
            answer = requests.request(
                method, url, data=data, headers=sent, allow_redirects=False, timeout=LONGEST_WAIT
            )
            _keep(site, answer.raw.headers.getlist("Set-Cookie"))
            self.url, self.status, self.text = url, answer.status_code, answer.text
            self.cleared_by_the_portal += [answer.headers.get("Clear-Site-Data", "")] * (not self.at_keycloak)
            self.named_by_the_portal += [answer.headers.get("X-Request-ID", "")] * (not self.at_keycloak)
            if answer.status_code not in {301, 302, 303}:
                return self
            method, url, data = "GET", self.on_the_way(urljoin(url, answer.headers["Location"])), {}
        raise AssertionError(f"redirected for ever at {url}")


def _keep(cookies: dict[str, str], set_by_the_answer: list[str]) -> None:
    """As a browser does: those that are taken back go."""
    for header in set_by_the_answer:
        name, _, value = header.partition(";")[0].partition("=")
        if re.search(r"Max-Age=0\b", header):
            cookies.pop(name, None)
        else:
            cookies[name] = value
