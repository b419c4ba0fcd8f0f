"""What the proxy in front of the containers is there for, looked at from outside."""

import re
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path

import requests

from tests.containers.engine import Engine, EngineFailed

SLOW_BROWSERS = 200
MOST_FORMS = 61
"""At once from one network, to Keycloak."""
FORM = re.compile(r'<form[^>]* action="([^"]+/login-actions/authenticate[^"]+)"')
LONGEST_ANSWER = 5
"""Seconds; a portal that the slow held up would not answer at all."""
NOT_PASSED_ON = (
    *("/", "/metrics", "/admin/", "/admin/master/console/", "/realms/master"),
    *("/admin;x/master/console/", "/;x/admin/master/console/", "/realms;x/master", "/realms%3Bx/master"),
)


def look(engine: Engine, ports: dict[str, int]) -> None:
    """Raises AssertionError or requests' own errors when something isn't as it should be."""
    with _trusting(engine.read("proxy", "/secrets/certificate.pem")) as (browser, certificate):
        portal, keycloak, console = (
            f"https://localhost:{ports[name]}" for name in ("portal", "keycloak", "console")
        )
        _leads_to_sign_in(browser, portal, keycloak)
        _keeps_the_console_apart(browser, keycloak, console)
        _is_the_only_way_in(engine)
        _is_held_up_by_nobody(browser, certificate, portal, ports["portal"])
        _lets_no_network_try_for_ever(browser, portal)


def _leads_to_sign_in(browser: requests.Session, portal: str, keycloak: str) -> None:
    answer = browser.get(f"{portal}/signin", timeout=30)
    assert answer.ok
    assert answer.url.startswith(f"{keycloak}/realms/cqrs/")
    assert [one.url for one in answer.history if not one.url.startswith("https://")] == []
    assert [cookie.name for cookie in browser.cookies if not cookie.secure] == []


def _keeps_the_console_apart(browser: requests.Session, keycloak: str, console: str) -> None:
    for path in NOT_PASSED_ON:
        assert browser.get(f"{keycloak}{path}", timeout=30).status_code == 404, path
    assert browser.get(f"{console}/admin/master/console/", timeout=30).ok
    signing_in = browser.get(f"{console}/realms/master/.well-known/openid-configuration", timeout=30).json()
    assert signing_in["authorization_endpoint"].startswith(f"{console}/")


def _is_the_only_way_in(engine: Engine) -> None:
    for service, port in (("portal", "8000"), ("keycloak", "8080"), ("postgres", "5432")):
        try:
            said = engine.compose("port", service, port)
        except EngineFailed:
            continue
        assert said.strip() in {"", ":0", "invalid IP:0"}, f"{service} is reached at {said}"


def _is_held_up_by_nobody(browser: requests.Session, certificate: Path, portal: str, port: int) -> None:
    """Forms that come a byte at a time reach no program of ours before they are whole."""
    with ExitStack() as slow:
        for _ in range(SLOW_BROWSERS):
            slow.enter_context(_begun_form(certificate, port))
        assert browser.get(f"{portal}/health", timeout=LONGEST_ANSWER).ok
        assert browser.get(f"{portal}/", timeout=LONGEST_ANSWER).ok


def _lets_no_network_try_for_ever(browser: requests.Session, portal: str) -> None:
    """Passwords tried at one address after another, which Keycloak counts for each person alone."""
    form = browser.get(f"{portal}/signin", timeout=30)
    action = FORM.findall(form.text)[0].replace("&amp;", "&")
    answers = [browser.post(action, data={}, timeout=30) for _ in range(MOST_FORMS + 20)]
    refused = [answer for answer in answers if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS]
    assert 0 < len(refused) < MOST_FORMS
    assert "Wait a minute" in refused[0].text
    assert refused[0].headers["Retry-After"] == "60"
    assert browser.get(f"{portal}/signin", timeout=30).ok, "whoever only opens a page is let through"


@contextmanager
def _begun_form(certificate: Path, port: int) -> Iterator[None]:
    trusted = ssl.create_default_context(cafile=str(certificate))
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        trusted.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        head = f"POST /register HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 1000\r\n"
        line.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\na".encode())
        yield


@contextmanager
def _trusting(certificate: str) -> Iterator[tuple[requests.Session, Path]]:
    """A browser that takes this certificate and no other."""
    with tempfile.TemporaryDirectory() as folder, requests.Session() as browser:
        kept = Path(folder) / "certificate.pem"
        kept.write_text(certificate)
        browser.verify, browser.trust_env = str(kept), False
        yield browser, kept
