"""Somebody got hold of a token: it is worth little, and not for long."""

import pytest
import requests

from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import PORTAL_CLIENT, KeycloakPages
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


def refresh(realm: TestRealm, token: str) -> requests.Response:
    """Asks for new tokens as the portal, whose secret the thief is given too."""
    asked = {
        "grant_type": "refresh_token",
        "client_id": PORTAL_CLIENT,
        "client_secret": realm.environment["CQRS_PORTAL_CLIENT_SECRET"],
        "refresh_token": token,
    }
    address = f"{realm.servers.keycloak_url}/realms/{realm.name}/protocol/openid-connect/token"
    return requests.post(address, data=asked, timeout=30)


def test_a_refresh_token_works_once(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """RFC 9700, 4.14.2: used twice, it was stolen, and those that came of it end too."""
    console.enrol("twice@tokens.example")
    pages.start().sign_in("twice@tokens.example", PASSWORD)
    stolen = pages.tokens()["refresh_token"]
    newer = refresh(realm, stolen)
    assert newer.status_code == 200
    assert refresh(realm, stolen).json()["error"] == "invalid_grant"
    assert refresh(realm, newer.json()["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_works_once(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """RFC 9700, 4.2.4: whoever finds one in a history or a log has nothing, and what came of it ends."""
    console.enrol("code@tokens.example")
    pages.start().sign_in("code@tokens.example", PASSWORD)
    given = pages.tokens()
    with pytest.raises(requests.HTTPError, match="400"):
        pages.tokens()
    assert refresh(realm, given["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_is_of_no_use_to_another_browser(
    realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    """RFC 9700, 4.5: without the proof key of the attempt that it answers."""
    console.enrol("injected@tokens.example")
    pages.start().sign_in("injected@tokens.example", PASSWORD)
    other = KeycloakPages(realm)
    other.left_for = pages.left_for
    with pytest.raises(requests.HTTPError, match="400"):
        other.tokens()


def test_no_token_outlives_the_session(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """AUT-11: after a sign-out nothing can be had for what was kept."""
    person = console.enrol("out@tokens.example")
    pages.start().sign_in("out@tokens.example", PASSWORD)
    kept = pages.tokens()["refresh_token"]
    console.server.post(f"/users/{person['id']}/logout", {})
    assert refresh(realm, kept).json()["error"] == "invalid_grant"


def test_the_portal_gets_no_offline_token(console: Console, pages: KeycloakPages) -> None:
    """One that would outlive every session."""
    console.enrol("offline@tokens.example")
    pages.start(scope="openid offline_access")
    if not pages.left_for:
        pages.sign_in("offline@tokens.example", PASSWORD)
    assert "code=" not in pages.left_for or "offline_access" not in pages.tokens()["scope"]


def test_nobody_may_have_an_offline_token(console: Console, pages: KeycloakPages) -> None:
    """Not even from a client that somebody adds to the realm, as it comes."""
    console.enrol("added@tokens.example")
    console.server.post("/clients", {"clientId": "added", "publicClient": True, "redirectUris": ["*"]})
    pages.start(client_id="added", scope="openid offline_access")
    if not pages.left_for:
        pages.sign_in("added@tokens.example", PASSWORD)
    assert "error=invalid_scope" in pages.left_for


@pytest.mark.parametrize("client", ["account", "account-console"])
def test_keycloaks_account_pages_are_shut(
    realm: TestRealm, console: Console, pages: KeycloakPages, client: str
) -> None:
    """They hand out offline tokens, and change an account with no fresh password."""
    console.enrol(f"{client}@tokens.example")
    address = f"{realm.servers.keycloak_url}/realms/{realm.name}/account"
    assert requests.get(f"{address}/", timeout=30).status_code in (401, 403, 404)
    pages.start(client_id=client, redirect_uri=f"{address}/")
    assert pages.left_for == ""
    assert pages.status == 400
    assert pages.heading == "Sorry, there is a problem"
