"""Keycloak's e-mails in our theme: text and HTML, what happened, what to do, whom to ask."""

from typing import Any

import pytest

from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.mailed import action_link, welcome, welcome_link
from tests.support.realm.page_checks import parse
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


def _check(realm: TestRealm, mail: dict[str, Any], *words: str) -> None:
    """NOT-2: plain text and HTML, each with what happened, what to do, and the service desk's contacts."""
    page = parse(mail["html"])
    html = " ".join("".join(page.itertext()).split())
    text = " ".join(mail["text"].split())
    for part in (*words, "What to do", _desk(realm), "We never ask for your password"):
        assert part in text, text
        assert part in html, html
    assert "Keycloak" not in html + text
    assert list(page.iter("img")) == []
    assert next(page.iter("h1")).text == mail["subject"]


def test_the_welcome(realm: TestRealm, console: Console) -> None:
    """REG-3: single-use, expiring; how to get a new one."""
    person = console.enrol("sorcha.rendall@mails.example", None, emailVerified=False)
    link = welcome_link(realm, person, seconds=3 * 24 * 3600)
    mail = welcome(realm, person)
    words = (
        "Dear Seán O'Neill-Łuksza",
        "has been approved",
        "works once, and for 3 days",
        "/register/new-link",
    )
    _check(realm, mail, *words)
    assert link in mail["text"]
    assert link in [a.get("href") for a in parse(mail["html"]).iter("a")]


def test_the_welcome_of_somebody_invited(realm: TestRealm, console: Console) -> None:
    """INV-2: they asked for nothing, so nothing was approved."""
    invited = {"invitation": ["9f1c5a52-9b0a-4d5b-bb54-1d2d7e3f0c11"]}
    person = console.enrol("ida.invited@mails.example", None, emailVerified=False, attributes=invited)
    link = welcome_link(realm, person)
    mail = welcome(realm, person)
    _check(realm, mail, "You accepted an invitation to CQRS", "set your password", "works once")
    assert link in mail["text"]
    assert "approved" not in mail["text"] + mail["html"]


def test_an_administrators_own_request_is_no_welcome(realm: TestRealm, console: Console) -> None:
    person = console.enrol("colm.leslie@mails.example")
    path = f"/users/{person['id']}/execute-actions-email"
    console.server.put(path, ["CONFIGURE_TOTP"], client_id="cqrs-portal")
    assert "has asked you to bring your CQRS account up to date" in welcome(realm, person)["text"]


def test_a_forgotten_password(realm: TestRealm, console: Console) -> None:
    person = console.enrol("ailsa.drever@mails.example")
    link = action_link(realm, person, "UPDATE_PASSWORD")
    mail = welcome(realm, person)
    _check(
        realm, mail, "forgotten the password", "works once, and for 1 hour", "If it was not you, do nothing"
    )
    assert link in [a.get("href") for a in parse(mail["html"]).iter("a")]
    assert "new-link" not in mail["text"]


def test_an_unconfirmed_address_is_asked_to_confirm(
    realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    console.enrol("neil.croy@mails.example", emailVerified=False)
    pages.start().sign_in("neil.croy@mails.example", PASSWORD)
    assert pages.heading == "Confirm your email address"
    mail = realm.servers.mail.wait_for("neil.croy@mails.example", "Confirm your email address")
    _check(realm, mail, "has not been confirmed yet", "works once, and for 1 day")


def test_nobody_has_address_after_address_mailed(
    realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    """AUT-9: by a change of one's own; Keycloak counts the seconds between two."""
    email, first, second = (
        f"{name}@mails.example" for name in ("lorna.tulloch", "one.tulloch", "two.tulloch")
    )
    console.enrol(email)
    for address in (first, second):
        pages.start(kc_action="UPDATE_EMAIL").sign_in(email, PASSWORD)
        assert ("its link has not been opened yet" in pages.text) is (address == second)
        pages.send(email=address)
    assert "you asked for no other in the last half minute" in pages.text
    realm.servers.mail.wait_for(first)
    assert realm.servers.mail.to(second) == []


def _desk(realm: TestRealm) -> str:
    address, phone = (
        realm.environment["CQRS_SERVICE_DESK_EMAIL"],
        realm.environment["CQRS_SERVICE_DESK_PHONE"],
    )
    return f"Contact the service desk: Email: {address} Phone: {phone}"
