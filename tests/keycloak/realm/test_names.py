"""Keycloak takes a name exactly when the portal does: from the worker, the console or a page of its own."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from directory.errors import DirectoryRefused
from portal.rules.names import LONGEST, MARKS, name_problem
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages

pytestmark = pytest.mark.keycloak
TRIES = 150
# Letters and marks that every version of Unicode has had for long: Python and Java may know different ones.
LETTERS = st.characters(categories=["L", "M"], max_codepoint=0x7FF)
SIGNS = st.sampled_from('1@<>"“/:;,!?_\n\t ')
WORDS = st.sampled_from(["", "J.", "St.", "Prof.", "Zoë", "n'Diaye", "J.R.R.", "evil.example", "李"])
TYPED = st.lists(
    st.one_of(WORDS, st.text(st.one_of(LETTERS, st.sampled_from(MARKS)), max_size=8), SIGNS), max_size=9
).flatmap(lambda parts: st.sampled_from(MARKS).map(lambda mark: mark.join(parts)))


def takes(console: Console, person: str, name: str) -> bool:
    """Whether Keycloak lets this account's first name be so."""
    known = console.server.get(f"/users/{person}")
    try:
        console.server.put(f"/users/{person}", known | {"firstName": name})
    except DirectoryRefused:
        return False
    return True


def test_the_realm_and_the_forms_agree(console: Console) -> None:
    """NOT-3: one rule, written in two languages."""
    person = console.enrol("sits@names.example", None)["id"]

    @settings(max_examples=TRIES)
    @given(TYPED.filter(bool))
    @example("é" * LONGEST)
    @example("é" * (LONGEST + 1))
    @example("\U00020000" * LONGEST)
    @example("Sign in at...")
    @example("What to do: review at evil.example")
    @example("J. " * 19 + "!")
    def agree(name: str) -> None:
        assert takes(console, person, name) is (name_problem(name) is None), name

    agree()


def test_a_page_of_keycloaks_own_says_what_is_wrong(console: Console, pages: KeycloakPages) -> None:
    """NOT-3: who changes their name there can't make a message of it either."""
    email = "changes@names.example"
    console.enrol(email)
    pages.start(kc_action="UPDATE_PROFILE").sign_in(email, PASSWORD)
    assert pages.heading == "Your details"
    pages.send(firstName="What to do: review at evil.example")
    assert pages.title == "Error: Your details - CQRS accounts"
    assert pages.says("A name can have letters, spaces, hyphens and apostrophes")
    assert console.user(email)["firstName"] == "Seán"
    pages.send(firstName="Zoë")
    assert console.user(email)["firstName"] == "Zoë"


def test_a_name_of_before_the_rule(console: Console) -> None:
    """It stays, and roles come and go; any other change has to correct it, as configure-keycloak.md says."""
    loose = console.server.get("/users/profile")
    for attribute in loose["attributes"]:
        attribute["validations"].pop("pattern", None)
    strict = console.server.get("/users/profile")
    console.server.put("/users/profile", loose)
    person = console.enrol("before@names.example", None, firstName="Ann 2nd")["id"]
    console.server.put("/users/profile", strict)
    desk = console.group("/organisations/service-desk")["id"]
    console.server.put(f"/users/{person}/groups/{desk}", {})
    with pytest.raises(DirectoryRefused, match="cqrsNotAName"):
        console.server.put(f"/users/{person}", {"enabled": False})
    known = console.server.get(f"/users/{person}")
    assert (known["enabled"], known["firstName"]) == (True, "Ann 2nd")
    console.server.put(f"/users/{person}", known | {"enabled": False, "firstName": "Ann"})
    assert console.server.get(f"/users/{person}")["enabled"] is False
