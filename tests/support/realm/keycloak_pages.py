"""A browser without script on Keycloak's pages: keeps cookies, fills in forms, checks every page it sees."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

import requests

from tests.support.realm.page_checks import check, parse
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until

PORTAL_CLIENT = "cqrs-portal"
CURRENT_PASSWORD = "Enter your current password"
"""The heading of the page that asks for it once more."""


class KeycloakPages:
    """One person's browser. `page` is the page it is at, `left_for` where it was sent outside Keycloak."""

    def __init__(self, realm: TestRealm) -> None:
        self.realm = realm
        self.base = f"{realm.servers.keycloak_url}/realms/{realm.name}"
        self.page = Element("html")
        self.text = self.left_for = self.address = ""
        self.status = 0
        self._cookies: dict[str, str] = {}
        self._verifier = secrets.token_urlsafe(48)

    def start(self, **extra: str) -> "KeycloakPages":
        """Goes to sign in to the portal, as its sign-in link does."""
        return self.open(self.authorisation(**extra))

    def authorisation(self, **extra: str) -> str:
        """The address that begins a sign-in to the portal; `extra` replaces or adds."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        asked = {
            "client_id": PORTAL_CLIENT,
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": f"{self.realm.environment['CQRS_PORTAL_URL']}/signin/callback",
            "state": "state",
            "nonce": "nonce",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.base}/protocol/openid-connect/auth?{urlencode(asked | extra)}"

    def open(self, address: str) -> "KeycloakPages":
        return self._go("GET", urljoin(self.address, address), {})

    def send(self, **values: str) -> "KeycloakPages":
        """Sends the page's first form with these values in place of its own."""
        return self._send(next(self.page.iter("form")), values)

    def press(self, name: str) -> "KeycloakPages":
        """Sends the form of the button that reads so. Raises StopIteration when there is none."""
        forms = (form for form in self.page.iter("form") if name in map(_read, form.iter("button")))
        return self._send(next(forms), {})

    @property
    def buttons(self) -> list[str]:
        """What those of the page read."""
        return [*map(_read, self.page.iter("button"))]

    def sign_in(self, email: str, password: str) -> "KeycloakPages":
        return self.send(username=email, password=password)

    def come_in(self, email: str, password: str, **extra: str) -> "KeycloakPages":
        """Goes to sign in with a good password, again where the person has signed in just before."""
        return self._insist(lambda: self.start(**extra).sign_in(email, password))

    def confirm_password(self, password: str) -> "KeycloakPages":
        """Gives the good one where it is asked for once more, again where another was given just before."""
        return self._insist(lambda: self.send(password=password))

    def follow(self, words: str) -> "KeycloakPages":
        """Follows the link that reads so."""
        return self.open(self.link(words))

    def link(self, words: str) -> str:
        """Where the link that reads so leads. Raises StopIteration when there is none."""
        links = (a for a in self.page.iter("a") if words in " ".join("".join(a.itertext()).split()))
        return next(links).get("href", "")

    def ask_to_change_password(self) -> "KeycloakPages":
        """Goes to change the password of who is signed in, as the profile's link does.

        Keycloak doesn't ask for the current one in the very second of the sign-in: then once more.
        """
        wait_until(self._is_asked_for_the_current_one, 30, "the password asked for once more")
        return self

    def _is_asked_for_the_current_one(self) -> bool:
        return self.start(kc_action="UPDATE_PASSWORD").heading == CURRENT_PASSWORD

    @property
    def heading(self) -> str:
        return self._words("h1")

    @property
    def title(self) -> str:
        return self._words("title")

    def says(self, words: str) -> bool:
        """Whether the words stand in the page's main part."""
        return words in self._words("main")

    def tokens(self, **replaced: str) -> dict[str, Any]:
        """What the portal gets for the code that it was just sent; or another client, if so `replaced`."""
        code = parse_qs(urlsplit(self.left_for).query)["code"][0]
        asked = {
            "grant_type": "authorization_code",
            "client_id": PORTAL_CLIENT,
            "client_secret": self.realm.environment["CQRS_PORTAL_CLIENT_SECRET"],
            "code": code,
            "redirect_uri": f"{self.realm.environment['CQRS_PORTAL_URL']}/signin/callback",
            "code_verifier": self._verifier,
        }
        answer = requests.post(
            f"{self.base}/protocol/openid-connect/token", data=asked | replaced, timeout=30
        )
        answer.raise_for_status()
        given: dict[str, Any] = answer.json()
        return given

    def _insist(self, give: Callable[[], "KeycloakPages"]) -> "KeycloakPages":
        """Keycloak refuses a password that comes while it still counts the one before of the same person."""
        asks = {"Sign in", CURRENT_PASSWORD}
        wait_until(lambda: give().left_for or self.heading not in asks, 30, "the password taken")
        return self

    def _words(self, tag: str) -> str:
        return _read(next(self.page.iter(tag)))

    def _send(self, form: Element, values: dict[str, str]) -> "KeycloakPages":
        fields = {i.get("name", ""): i.get("value", "") for i in form.iter("input") if i.get("name")}
        return self._go("POST", urljoin(self.address, form.get("action", "")), fields | values)

    def _go(self, method: str, address: str, form: dict[str, str]) -> "KeycloakPages":
        self.left_for = ""
        for _ in range(10):
            if not address.startswith(self.realm.servers.keycloak_url):
                self.left_for = address
                return self
            answer = self._ask(method, address, form)
            if not answer.is_redirect:
                return self._arrived(address, answer)
            address, method, form = urljoin(address, answer.headers["Location"]), "GET", {}
        raise AssertionError(f"too many redirects: {address}")

    def _ask(self, method: str, address: str, form: dict[str, str]) -> requests.Response:
        # Keycloak's cookies are for https alone; browsers waive that for localhost, this library does not.
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        answer = requests.request(
            method, address, data=form or None, headers=sent, allow_redirects=False, timeout=30
        )
        for header in answer.raw.headers.getlist("Set-Cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            if re.search(r"Max-Age=0\b", header):
                self._cookies.pop(name, None)
            else:
                self._cookies[name] = value
        return answer

    def _arrived(self, address: str, answer: requests.Response) -> "KeycloakPages":
        self.address, self.status, self.text = address, answer.status_code, answer.text
        self.page = parse(answer.text)
        check(self.page, address, answer.headers)
        return self


def _read(element: Element) -> str:
    """The words of an element and all in it."""
    return " ".join("".join(element.itertext()).split())
