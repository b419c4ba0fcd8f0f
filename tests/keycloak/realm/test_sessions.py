"""Ending sessions: Keycloak tells the portal, wherever the sign-out was made."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak


class Listener:
    """Stands where the portal would, and keeps what Keycloak tells it."""

    def __init__(self) -> None:
        told: Queue[tuple[str, dict[str, Any]]] = Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                told.put((self.path, _claims(parse_qs(body)["logout_token"][0])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.told = told
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def next(self, seconds: float) -> tuple[str, dict[str, Any]] | None:
        """The path and claims of what comes next, or None when nothing does."""
        try:
            return self.told.get(timeout=seconds)
        except Empty:
            return None


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def realm(servers: RunningServers, listener: Listener) -> Iterator[TestRealm]:
    """A realm whose portal is the listener."""
    with fresh_realm(servers, listener.url) as made:
        yield made


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


@pytest.fixture
def signed_in(console: Console, pages: KeycloakPages) -> dict[str, Any]:
    """Somebody who has just signed in: the claims of their identity token, and the token itself."""
    email = f"{len(console.server.get('/users'))}.signed.in@sessions.example"
    console.enrol(email)
    pages.start().sign_in(email, PASSWORD)
    token = pages.tokens()["id_token"]
    return {**_claims(token), "token": token}


def test_an_administrators_logout_reaches_the_portal(
    console: Console, listener: Listener, signed_in: dict[str, Any]
) -> None:
    """AUT-6: a sign-out elsewhere ends the portal session, by back-channel."""
    console.server.post(f"/users/{signed_in['sub']}/logout", {})
    told = listener.next(seconds=10)
    assert told
    path, claims = told
    assert path == "/signin/backchannel-logout"
    assert (claims["sub"], claims["sid"]) == (signed_in["sub"], signed_in["sid"])
    assert "http://schemas.openid.net/event/backchannel-logout" in claims["events"]
    assert "nonce" not in claims


def test_disabling_alone_tells_nobody(
    console: Console, listener: Listener, signed_in: dict[str, Any]
) -> None:
    """AUT-6: why whoever disables logs out as well."""
    console.server.put(f"/users/{signed_in['sub']}", {"enabled": False})
    assert listener.next(seconds=1.5) is None
    console.server.post(f"/users/{signed_in['sub']}/logout", {})
    assert listener.next(seconds=10)


def test_signing_out_of_the_portal_ends_the_keycloak_session(
    realm: TestRealm, console: Console, pages: KeycloakPages, listener: Listener, signed_in: dict[str, Any]
) -> None:
    """AUT-6: sign-out ends the Keycloak session too."""
    back = f"{realm.environment['CQRS_PORTAL_URL']}/signed-out"
    end = f"{pages.base}/protocol/openid-connect/logout?id_token_hint={signed_in['token']}"
    pages.open(f"{end}&post_logout_redirect_uri={back}")
    assert pages.left_for == back
    assert console.server.get(f"/users/{signed_in['sub']}/sessions") == []
    assert listener.next(seconds=10)


def test_tokens_name_the_roles_and_stay_small(
    console: Console, pages: KeycloakPages, signed_in: dict[str, Any]
) -> None:
    """SCP-1: client roles in the token of the audience `cqrs`, with no group paths."""
    console.give(signed_in["preferred_username"], "cqrs", "provider-user")
    pages.start()
    claims = _claims(pages.tokens()["access_token"])
    assert (claims["aud"], signed_in["aud"]) == ("cqrs", "cqrs-portal")
    assert claims["acr"]
    assert signed_in["acr"]
    assert claims["resource_access"] == {"cqrs": {"roles": ["provider-user"]}}
    assert "groups" not in claims
    assert "realm_access" not in claims
