"""The ways into an account that are shut: everything but the sign-in page of the portal."""

import pytest
import requests

from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.sign_in_form import SignInForm
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


def _token(realm: TestRealm, client: str, **asked: str) -> requests.Response:
    secret = realm.environment.get(f"{client.upper().replace('-', '_')}_CLIENT_SECRET", "")
    address = f"{realm.servers.keycloak_url}/realms/{realm.name}/protocol/openid-connect/token"
    return requests.post(address, data={"client_id": client, "client_secret": secret, **asked}, timeout=30)


@pytest.mark.parametrize("client", ["cqrs-portal", "cqrs", "admin-cli", "account-console"])
def test_no_client_takes_a_password_directly(realm: TestRealm, console: Console, client: str) -> None:
    email = f"{client}@refusals.example"
    console.enrol(email)
    answer = _token(realm, client, grant_type="password", username=email, password=PASSWORD)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.text


def test_the_portal_has_no_account_of_its_own(realm: TestRealm) -> None:
    assert _token(realm, "cqrs-portal", grant_type="client_credentials").status_code in (400, 401)


def test_no_device_and_no_back_channel_sign_in(realm: TestRealm) -> None:
    base = f"{realm.servers.keycloak_url}/realms/{realm.name}/protocol/openid-connect"
    secret = realm.environment["CQRS_PORTAL_CLIENT_SECRET"]
    portal = {"client_id": "cqrs-portal", "client_secret": secret}
    asked = {**portal, "scope": "openid", "login_hint": "a@b.example"}
    for path in ("auth/device", "ext/ciba/auth"):
        answer = requests.post(f"{base}/{path}", data=asked, timeout=30)
        # A server built without these answers with nothing; one built with them says that the client may not.
        assert answer.status_code != 200, f"{path}: {answer.text}"
        assert "_code" not in answer.text
        assert "auth_req_id" not in answer.text


def test_no_implicit_flow(pages: KeycloakPages) -> None:
    assert "error=unauthorized_client" in pages.start(response_type="token").left_for


def test_no_sign_in_without_pkce(pages: KeycloakPages) -> None:
    assert "error=invalid_request" in pages.start(code_challenge="").left_for


def test_no_plain_pkce(pages: KeycloakPages) -> None:
    assert "error=invalid_request" in pages.start(code_challenge_method="plain").left_for


@pytest.mark.parametrize("end", ["/signin/callback/", "/signin/callback?x=1", "/", "@elsewhere.example/"])
def test_no_other_address_to_come_back_to(realm: TestRealm, pages: KeycloakPages, end: str) -> None:
    portal = realm.environment["CQRS_PORTAL_URL"]
    pages.start(redirect_uri=portal + end)
    assert pages.left_for == ""
    assert pages.status == 400
    assert pages.heading == "Sorry, there is a problem"


def test_nobody_registers_a_client(pages: KeycloakPages) -> None:
    """ASVS 10.4.7: neither by OpenID's way nor by Keycloak's."""
    for way, body in (("openid-connect", {"redirect_uris": ["https://evil.example/"]}), ("default", {})):
        answer = requests.post(f"{pages.base}/clients-registrations/{way}", json=body, timeout=30)
        assert answer.status_code in (401, 403), answer.text


def test_no_other_site_reads_or_frames_the_sign_in(console: Console, pages: KeycloakPages) -> None:
    """RFC 9700, 2.6, 4.12 and 4.16: nor does a browser send the password on to where it is led."""
    console.enrol("framed@refusals.example")
    evil = {"Origin": "https://evil.example"}
    answer = requests.get(pages.authorisation(), headers=evil, timeout=30)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    sent = SignInForm(pages.authorisation()).send("framed@refusals.example", PASSWORD)
    assert sent.status_code in (302, 303)


def test_nobody_registers_with_keycloak(pages: KeycloakPages) -> None:
    """REG-2: nothing is made in Keycloak before approval; its own registration is off."""
    pages.start()
    assert not [a for a in pages.page.iter("a") if "/login-actions/registration" in a.get("href", "")]
    pages.open(pages.authorisation().replace("/auth?", "/registrations?"))
    assert pages.says("not allowed")
