"""A stranger wants to know who has an account: the sign-in page tells everybody the same."""

import re

import pytest

from tests.support.proofs.stopwatch import Seconds, check_as_long
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.sign_in_form import SignInForm
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
TRIES = 7
TURNS, WIDEST = 25, 1.5
"""How many tries each in a round, and how far apart their medians may be: without its hash one is quick."""


def read_aloud(pages: KeycloakPages, email: str) -> str:
    """All that the page says; the address that was typed stands in its field again, and nowhere else."""
    main = next(pages.page.iter("main"))
    words = f"{pages.title}: {' '.join(''.join(main.itertext()).split())}"
    shown = [i.get("value", "") for i in pages.page.iter("input") if i.get("id") == "username"]
    assert shown == [email]
    assert email not in words
    return words


def test_every_wrong_try_reads_the_same(realm: TestRealm, console: Console) -> None:
    """AUT-3, AUT-9: known and locked by now, or unknown: not a word of the page differs, at any try."""
    person = console.enrol("known@who.example")
    told: dict[str, list[str]] = {}
    for email in ("known@who.example", "nobody@who.example"):
        pages = KeycloakPages(realm).start()
        told[email] = []
        for number in range(TRIES):
            pages.sign_in(email, f"Wrong-password-{number}")
            told[email].append(read_aloud(pages, email))
            if email == person["email"]:
                console.wait_until_counted(person, number + 1)
    console.wait_until_locked(person)
    pages = KeycloakPages(realm).start().sign_in("known@who.example", PASSWORD)
    told["known@who.example"].append(read_aloud(pages, "known@who.example"))
    assert {words for tries in told.values() for words in tries} == {told["nobody@who.example"][0]}
    assert pages.says("Several wrong tries close an account for a while")


def test_with_a_stopwatch(realm: TestRealm, console: Console) -> None:
    """AUT-9: a wrong password takes as long for an address that is known, disabled or unknown.

    What Keycloak itself tells, docs/security.md says and `make bench` measures.
    """
    form = SignInForm(KeycloakPages(realm).authorisation())

    def measured(turn: int) -> Seconds:
        for number in range(TURNS):
            console.enrol(f"known{turn}-{number}@clock.example")
            console.enrol(f"disabled{turn}-{number}@clock.example", enabled=False)
        seconds: Seconds = {"known": [], "disabled": [], "unknown": []}
        for number in range(TURNS):
            for who, taken in seconds.items():
                answer = form.send(f"{who}{turn}-{number}@clock.example", "Wrong-password-1")
                taken.append(answer.elapsed.total_seconds())
        return seconds

    check_as_long(measured, WIDEST)


def test_a_change_of_address_reads_the_same(realm: TestRealm, console: Console) -> None:
    """AUT-9: asked by whoever is signed in: no word differs between an address that is taken and a new one.

    Nor where they ask for another at once, of which Keycloak mails and records nothing. What it tells of
    whichever waits, docs/security.md says.
    """
    console.enrol("taken@who.example")
    told: dict[str, str] = {}
    for number, address in enumerate(("taken@who.example", "Taken@Who.Example", "free@who.example")):
        email, first = f"asks{number}@who.example", f"first{number}@who.example"
        console.enrol(email)
        told[first] = answered(realm, email, first)
        told[address] = answered(realm, email, address)
    for number, address in enumerate(("taken@who.example", "unasked@who.example")):
        email = f"asks-once{number}@who.example"
        console.enrol(email)
        told[f"{address} alone"] = answered(realm, email, address)
    assert set(told.values()) == {told["free@who.example"]}
    assert realm.servers.mail.to("free@who.example") == []


def answered(realm: TestRealm, email: str, address: str) -> str:
    """The whole answer to somebody who asks to change their address to this one."""
    pages = KeycloakPages(realm).start(kc_action="UPDATE_EMAIL").sign_in(email, PASSWORD)
    pages.send(email=address)
    assert (pages.status, pages.heading) == (200, "Look in your mail")
    return without_what_each_has_of_its_own(pages.text)


def without_what_each_has_of_its_own(text: str) -> str:
    """The whole answer, but for what names the sign-in that it belongs to."""
    return re.sub(r"(tab_id|session_code|client_data|execution)=[\w.-]+", r"\1=", text)


def test_keycloaks_own_reset_page_is_shut(realm: TestRealm, pages: KeycloakPages) -> None:
    """It would take longer for a known address, and mail it as often as asked."""
    pages.start()
    portal = realm.environment["CQRS_PORTAL_URL"]
    assert pages.link("Forgotten your password?") == f"{portal}/forgotten-password"
    pages.open(f"{pages.base}/login-actions/reset-credentials?client_id=cqrs-portal")
    assert pages.status == 400
    assert not [field for field in pages.page.iter("input") if field.get("name") == "username"]
