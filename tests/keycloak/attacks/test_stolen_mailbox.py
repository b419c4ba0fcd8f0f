"""Somebody reads a person's mail: the second factor still stands before the account."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.realm.authenticator import PASSKEY, Authenticator
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.mailed import action_link
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
NEW = "Kelp-forest-12"
NEW_TWICE = {"password-new": NEW, "password-confirm": NEW}


@pytest.fixture
def app() -> Authenticator:
    return Authenticator()


def enrolled(console: Console, email: str, app: Authenticator) -> dict[str, Any]:
    password = {"type": "password", "value": PASSWORD}
    return console.enrol(email, credentials=[password, app.credential])


def test_a_mailed_link_sets_a_password_and_signs_nobody_in(
    realm: TestRealm, console: Console, pages: KeycloakPages, app: Authenticator
) -> None:
    """AUT-8: a reset asks for the second factor that is there, at the sign-in that follows."""
    person = enrolled(console, "reset@mailbox.example", app)
    pages.open(action_link(realm, person, "UPDATE_PASSWORD")).follow("Continue")
    assert pages.heading == "Set your password"
    pages.send(**NEW_TWICE)
    assert pages.heading == "You can now sign in"
    assert console.server.get(f"/users/{person['id']}/sessions") == []
    pages.start().sign_in("reset@mailbox.example", NEW)
    assert pages.heading == "Enter your security code"
    pages.send(otp="000000")
    assert pages.heading == "Enter your security code"
    console.wait_until_counted(person, 1)
    pages.send(otp=app.code())
    assert "code=" in pages.left_for


def test_nor_past_a_passkey(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """AUT-8: though a passkey stands in for a password, a new password doesn't stand in for it."""
    person = console.enrol("passkey@mailbox.example", credentials=[PASSKEY])
    pages.open(action_link(realm, person, "UPDATE_PASSWORD")).follow("Continue").send(**NEW_TWICE)
    assert pages.heading == "You can now sign in"
    pages.start().sign_in("passkey@mailbox.example", NEW)
    assert pages.heading == "Use your passkey"


@pytest.mark.parametrize("action", ["CONFIGURE_TOTP", "webauthn-register-passwordless", "UPDATE_EMAIL"])
def test_the_link_opens_nothing_but_the_password(
    realm: TestRealm, console: Console, pages: KeycloakPages, app: Authenticator, action: str
) -> None:
    """AUT-8: its address, changed by hand, leads to no new factor and no new e-mail address."""
    person = enrolled(console, f"{action.lower()}@mailbox.example", app)
    pages.open(action_link(realm, person, "UPDATE_PASSWORD")).follow("Continue")
    step = urlsplit(pages.address)
    assert "execution=UPDATE_PASSWORD" in step.query
    pages.open(step._replace(query=step.query.replace("UPDATE_PASSWORD", action)).geturl())
    assert pages.heading in ("Set your password", "This page has expired")
    pages.open(pages.authorisation(kc_action=action))
    assert pages.heading == "Sign in"


@pytest.mark.parametrize("action", ["CONFIGURE_TOTP", "webauthn-register-passwordless"])
def test_a_new_password_alone_adds_no_factor(
    console: Console, pages: KeycloakPages, app: Authenticator, action: str
) -> None:
    """AUT-8: who knows the password is asked for the factor before they can add another."""
    email = f"{action.lower()}.alone@mailbox.example"
    enrolled(console, email, app)
    pages.start(kc_action=action).sign_in(email, PASSWORD)
    assert pages.heading == "Enter your security code"
