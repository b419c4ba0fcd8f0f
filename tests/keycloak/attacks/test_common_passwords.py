"""Somebody tries the passwords that people think of first: nobody can have one."""

import pytest

from directory.errors import DirectoryRefused
from directory.realm import REALM_FILES, apply, plan
from directory.realm.common_passwords import FILE_NAME, FILTER_NAME
from tests.support.realm.console import Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.mailed import action_link
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
COMMON = [
    "Password1!",
    "Welcome1!",
    "Nhs12345!",
    "Welcome2026!",
    "Summer2025!",
    "P@ssw0rd1!",
    "Qwerty123!",
    "Liverpool1!",
    "Surgery#01",
    "January26!",
    "Doctor123?",
]


@pytest.mark.parametrize("password", COMMON)
def test_a_common_password_is_refused(console: Console, password: str) -> None:
    """AUT-10: though it has a capital, a digit and a sign."""
    email = "thrift@common.example"
    person = console.server.get("/users", username=email, exact="true") or [console.enrol(email, None)]
    body = {"type": "password", "value": password, "temporary": False}
    with pytest.raises(DirectoryRefused, match="Blacklisted"):
        console.server.put(f"/users/{person[0]['id']}/reset-password", body)


def test_in_a_realm_that_names_the_list(console: Console) -> None:
    """AUT-10: and not yet the filter that is made of it."""
    rules = console.server.get()["passwordPolicy"]
    assert FILTER_NAME in rules
    console.change_realm(passwordPolicy=rules.replace(FILTER_NAME, FILE_NAME))
    try:
        test_a_common_password_is_refused(console, COMMON[0])
    finally:
        console.change_realm(passwordPolicy=rules)


def test_and_the_page_says_what_to_do(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """AUT-10: with words that help."""
    person = console.enrol("fulmar@common.example", None)
    pages.open(action_link(realm, person, "UPDATE_PASSWORD")).follow("Continue")
    pages.send(**{"password-new": "Welcome2026!", "password-confirm": "Welcome2026!"})
    assert pages.title == "Error: Set your password - CQRS accounts"
    assert pages.link("This password is one that many people use") == "#password-new"
    assert pages.says("three words that have nothing to do with each other")
    pages.send(**{"password-new": "Kelp-forest-12", "password-confirm": "Kelp-forest-12"})
    assert pages.heading == "You can now sign in"


def test_in_a_realm_of_before_the_list(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """AUT-10: once applied, a common password that somebody has works on, and nobody sets one again."""
    rules, _, _ = console.server.get()["passwordPolicy"].partition(" and passwordBlacklist")
    console.change_realm(passwordPolicy=rules)
    person = console.enrol("before@common.example", COMMON[0])
    found = plan(realm.admin, REALM_FILES, realm.environment)
    (missing,) = map(str, found.differences)
    assert missing.startswith("realm setting passwordPolicy:")
    apply(found)
    pages.start().sign_in("before@common.example", COMMON[0])
    assert "code=" in pages.left_for
    for password in (COMMON[0], COMMON[1]):
        body = {"type": "password", "value": password, "temporary": False}
        with pytest.raises(DirectoryRefused, match=r"Blacklisted|History"):
            console.server.put(f"/users/{person['id']}/reset-password", body)
