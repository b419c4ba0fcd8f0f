"""The sample that `make run` loads."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.reader import KeycloakReader
from directory.vocabulary import UNLISTED, ApprovalLevel, Holding, OrganisationType, Role
from stack.sample import FILES, MULTI_LEVEL, load, password_for, sample_people
from sync.desired import Desired, desired
from sync.files import read
from sync.records import parse
from sync.run import load as read_files
from tests.keycloak.sync.console import Console
from tests.support.builders.national import national_data
from tests.support.servers.realm import TestRealm

PEOPLE = sample_people()


def sample_tree() -> Desired:
    return desired(read_files(sorted(FILES.glob("*.csv"))), {})


def test_its_size() -> None:
    types = Counter(each.type for each in sample_tree().organisations.values())
    assert types == {
        OrganisationType.REGION: 3,  # with the parent that no list names, and the place where it stands
        OrganisationType.ICB: 2,
        OrganisationType.SUB_ICB: 4,
        OrganisationType.PROVIDER: 41,
        OrganisationType.BRANCH: 5,
    }


def test_its_codes_are_nobodys() -> None:
    """Where the real lists are at hand, none of theirs; and anywhere, codes that can't be taken for real."""
    codes = {record.code for listing in read_files(sorted(FILES.glob("*.csv"))) for record in listing.records}
    assert all(code.startswith("ZZ") for code in codes)
    assert not codes & real_codes(national_data())


def real_codes(folder: Path | None) -> set[str]:
    files = folder.glob("e*.zip") if folder else ()
    return {record.code for file in files for record in parse(read(file)).records}


def test_it_has_the_oddities_of_the_real_lists() -> None:
    """ORG-1."""
    organisations = sample_tree().organisations.values()
    names = Counter((each.parent, each.name) for each in organisations)
    assert max(names.values()) > 1
    assert any("/" in each.name for each in organisations)
    outside = [each for each in organisations if each.is_provider and each.path[0] in (UNLISTED, each.code)]
    assert len(outside) == 2


def test_its_people_are_at_organisations_that_are_there() -> None:
    organisations = sample_tree().organisations
    codes = {code for person in PEOPLE for _, code in person.roles.items()}
    assert codes - {"", "*"} <= set(organisations)
    assert set(organisations) >= MULTI_LEVEL
    assert {role for person in PEOPLE for role in person.roles} == set(Role)


@given(st.text(max_size=40), st.sampled_from([person.email for person in PEOPLE]))
def test_passwords_keep_the_rules(secret: str, email: str) -> None:
    """AUT-1: 8 or more characters with upper case, lower case, digit and special character."""
    password = password_for(email, secret)
    assert len(password) >= 8
    assert all(re.search(kind, password) for kind in ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]"))


@pytest.mark.keycloak
def test_loaded_twice_it_is_the_same_and_what_was_changed_since_stays(
    empty_realm: TestRealm, console: Console
) -> None:
    first = load(empty_realm.environment)
    group = console.group("ZZR", "ZZN", "ZZN01", "ZZ1002")
    assert group["attributes"]["approval_level"] == ["multi"]
    console.set_attribute(group, "approval_level", "single")
    assert load(empty_realm.environment) == first
    reader = KeycloakReader(empty_realm.connection("reader"))
    assert reader.organisation("ZZ1002").approval_level is ApprovalLevel.SINGLE
    assert len(list(reader.people())) == len(PEOPLE) == len(first)


@pytest.mark.keycloak
def test_its_people_hold_what_it_says(empty_realm: TestRealm) -> None:
    load(empty_realm.environment)
    reader = KeycloakReader(empty_realm.connection("reader"))
    held = {}
    for sample in PEOPLE:
        person = reader.person_by_email(sample.email)
        assert person is not None
        assert reader.has_credential(person.id)
        held[sample.last_name] = reader.standing(person.id).holdings
    assert held["Mackay"] == {Holding(Role.COMMISSIONER_APPROVER, ("ZZR", "ZZN"))}
    assert held["Buchan"] == {Holding(Role.SERVICE_DESK, ())}
    assert held["Drift"] == frozenset()
    assert len(held["Fairweather"]) == 40
    assert len(held["Doherty"]) == 2
