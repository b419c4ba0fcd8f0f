"""Somebody sits down where a person is signed in: the account can't be taken over from there."""

import time

import pytest

from tests.support.realm.authenticator import Authenticator
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages

pytestmark = pytest.mark.keycloak
FACTORS = ["CONFIGURE_TOTP", "webauthn-register-passwordless"]
ACTIONS = [*FACTORS, "UPDATE_EMAIL", "UPDATE_PROFILE", "UPDATE_PASSWORD"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_change_asks_for_the_password(console: Console, pages: KeycloakPages, action: str) -> None:
    """AUT-8: a fresh sign-in before a factor is added, or the e-mail address or name changed."""
    email = f"{action.lower()}@computer.example"
    console.enrol(email)
    pages.start().sign_in(email, PASSWORD)
    time.sleep(1.1)
    assert pages.start(kc_action=action).heading == "Enter your current password"


def test_a_factor_is_not_removed_without_it(console: Console, pages: KeycloakPages) -> None:
    """AUT-8: password and the factor itself, and then a question."""
    app = Authenticator()
    email = "removes@computer.example"
    person = console.enrol(email, credentials=[{"type": "password", "value": PASSWORD}, app.credential])
    held = console.server.get(f"/users/{person['id']}/credentials")
    factor = next(one["id"] for one in held if one["type"] == "otp")
    pages.start().sign_in(email, PASSWORD).send(otp=app.code())
    time.sleep(1.1)
    pages.start(kc_action=f"delete_credential:{factor}")
    assert pages.heading == "Enter your current password"
    pages.send(password=PASSWORD)
    assert pages.heading == "Enter your security code"
    pages.send(otp=app.code())
    assert console.server.get(f"/users/{person['id']}/credentials") == held
    pages.send(accept="Yes")
    assert "kc_action_status=success" in pages.left_for
    left = console.server.get(f"/users/{person['id']}/credentials")
    assert [one["type"] for one in left] == ["password"]
