"""Who may give which role on User details, against the real pages, database and Keycloak.

A form made by hand is sent, whatever the page offers. What should be comes from the oracle of the rules'
tests, which shares nothing with the portal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from directory.vocabulary import Holding, Organisation, Person, Role
from portal.mirroring.reconcile import reconcile
from portal.rules.details import Details
from tests.keycloak.proofs.matrix_country import Actor, enrol, relation
from tests.keycloak.proofs.matrix_portal import Country, build_country
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm
from tests.unit.rules import oracle

ADMINISTRATORS = (Role.USER_ADMINISTRATOR, Role.ADVANCED_USER_ADMINISTRATOR, Role.SERVICE_DESK)
ACCOUNTS: tuple[tuple[tuple[str, Role], ...], ...] = (
    (("A10002", Role.PROVIDER_USER),),
    (("01A", Role.COMMISSIONER_USER),),
    (("01A", Role.COMMISSIONER_APPROVER),),
    (("A10001", Role.PROVIDER_USER), ("B10001", Role.PROVIDER_USER)),
    (),
)
GIVEN: tuple[tuple[str, Role], ...] = (
    ("A10002", Role.PROVIDER_FINANCE),
    ("A10001", Role.PROVIDER_APPROVER),
    ("A10002", Role.PROVIDER_APPROVER),
    ("01A", Role.COMMISSIONER_FINANCE),
    ("01A", Role.USER_ADMINISTRATOR),
    ("QAA", Role.COMMISSIONER_USER),
    ("B10001", Role.PROVIDER_FINANCE),
)
"""Of every kind of place and role; a Provider Approver at a multi-level and at a single-level provider."""
pytestmark = pytest.mark.keycloak


@dataclass(frozen=True)
class Case:
    """Somebody with these roles is to be given one more."""

    person: Person
    held: tuple[tuple[Role, Organisation | None], ...]
    place: Organisation
    role: Role

    @property
    def path(self) -> str:
        return f"/users/{self.person.id}/details"


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> Country:
    return build_country(database, KeycloakScene(realm))


@pytest.fixture(scope="module")
def cases(country: Country) -> list[Case]:
    found = []
    for number, held in enumerate(ACCOUNTS):
        person = enrol(country.scene, f"details{'abcdefgh'[number]}", *held)
        places = tuple((role, country.places[code]) for code, role in held)
        found += [Case(person, places, country.places[code], role) for code, role in GIVEN]
    reconcile(country.portal.services)
    return found


def should_give(actor: Actor, case: Case) -> bool:
    able = oracle.has_powers(actor.holding, actor.state)
    return able and oracle.assigns(actor.holding, list(case.held), case.place, case.role)


def sample(country: Country, cases: list[Case]) -> Iterator[tuple[Actor, Case]]:
    """One pair of each kind; a kind is all that an outcome can hang on."""
    seen = set()
    for actor in country.actors:
        for case in cases:
            role = actor.holding and actor.holding.role
            kind = (actor.state, role, should_give(actor, case))
            if actor.state == "active" and role in ADMINISTRATORS:
                where = relation(actor.holding, case.place)
                kind = (*kind, where, case.person.id, case.role, case.place.code)
            if kind not in seen:
                seen.add(kind)
                yield actor, case


def test_giving_roles(country: Country, cases: list[Case]) -> None:
    """USR-7, ROL-2, ROL-3: those who should may, and nobody else changes anything."""
    wrong: list[tuple[str, str, str]] = []
    counts, all_before = {True: 0, False: 0}, country.all_held()
    for actor, case in sample(country, cases):
        should = should_give(actor, case)
        counts[should] += 1
        before = country.held_by(case.person)
        submit(country, actor, case)
        gained = country.held_by(case.person) ^ before
        wanted = {Holding(case.role, case.place.path)} if should else set()
        if gained != wanted:
            wrong.append((actor.label, f"{case.held} {case.role} {case.place.code}", f"{should} {gained}"))
        for held in gained:
            country.scene.writer.remove(case.person.id, case.place, held.role)
    assert wrong == []
    assert country.all_held() == all_before, "nobody else gained or lost a role"
    assert counts[True] > 20, counts
    assert counts[False] > 60, counts


def submit(country: Country, actor: Actor, case: Case) -> None:
    """Every step as a browser sends it, the boxes ticked by hand; a refusal on the way changes nothing."""
    code = case.place.code
    now = Details(code, frozenset(role for role, at in case.held if at and at.code == code))
    then = replace(now, roles=now.roles | {case.role})
    browser, token = country.browser(actor)
    steps = (
        ("/organisation", {"code": code}),
        (
            "",
            {
                "shown": code,
                f"seen:{code}": now.fingerprint,
                f"role:{code}": [role.value for role in then.roles],
                "go": "continue",
            },
        ),
        ("/check", {"shown": f"{now.fingerprint} {then.fingerprint}; "}),
    )
    for step, form in steps:
        browser.client.post(f"{case.path}{step}", data={"csrf_token": token, **form})
    browser.client.post(case.path, data={"csrf_token": token, "go": "discard"})
