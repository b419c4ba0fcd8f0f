"""Who may remove which role, against the real pages, database and Keycloak: a sample of every kind of pair.

What should be comes from the oracle of the rules' tests, which shares nothing with the portal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from directory.vocabulary import Holding, Organisation, Person, Role
from portal.mirroring.reconcile import reconcile
from tests.keycloak.proofs.matrix_country import Actor, enrol, relation
from tests.keycloak.proofs.matrix_portal import APPROVER, COMMISSIONER, DESK, Country, build_country
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm
from tests.unit.rules import oracle

APPROVERS = (COMMISSIONER, APPROVER, DESK)
TARGETS: tuple[tuple[tuple[str, Role], ...], ...] = (
    (("A10001", Role.PROVIDER_USER),),
    (("A10001", APPROVER),),
    (("A10002", Role.PROVIDER_FINANCE),),
    (("A10003", Role.PROVIDER_USER),),
    (("A10001001", Role.PROVIDER_USER),),
    (("B10001", Role.PROVIDER_USER),),
    (("01A", COMMISSIONER),),
    (("01A", Role.COMMISSIONER_USER),),
    (("QAA", Role.USER_ADMINISTRATOR),),
    (("A10001", Role.PROVIDER_USER), ("A10002", Role.PROVIDER_USER)),
    (("A10001", Role.PROVIDER_USER), ("A10003", Role.PROVIDER_FINANCE)),
    (("A10001", Role.PROVIDER_USER), ("C10001", Role.PROVIDER_USER)),
    (("A10001", Role.PROVIDER_USER), ("A10001", APPROVER)),
    (("A10001", Role.PROVIDER_USER), ("", DESK)),
)
"""Accounts to take the first role from: of every kind of place and role, alone and with others."""
pytestmark = pytest.mark.keycloak


@dataclass(frozen=True)
class Target:
    """Somebody with these roles; the first is the one to remove."""

    person: Person
    held: tuple[tuple[Role, Organisation | None], ...]

    @property
    def role(self) -> Role:
        return self.held[0][0]

    @property
    def place(self) -> Organisation:
        place = self.held[0][1]
        assert place
        return place

    @property
    def path(self) -> str:
        return f"/users/{self.person.id}/roles/{self.place.code}/remove/{self.role.value}"


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> Country:
    return build_country(database, KeycloakScene(realm))


@pytest.fixture(scope="module")
def targets(country: Country) -> list[Target]:
    found = []
    for number, held in enumerate(TARGETS):
        person = enrol(country.scene, f"target{number}", *held)
        places = tuple((role, country.places[code] if code else None) for code, role in held)
        found.append(Target(person, places))
    reconcile(country.portal.services)
    country.held = country.all_held()
    return found


def should_remove(actor: Actor, target: Target) -> bool:
    able = oracle.has_powers(actor.holding, actor.state)
    return able and oracle.removes_role(actor.holding, list(target.held), target.role, target.place)


def sample(country: Country, targets: list[Target]) -> Iterator[tuple[Actor, Target]]:
    """One pair of each kind; a kind is all that an outcome can hang on."""
    seen = set()
    for actor in country.actors:
        for target in targets:
            role = actor.holding and actor.holding.role
            kind = (actor.state, role, relation(actor.holding, target.place), should_remove(actor, target))
            strong = actor.state == "active" and role in APPROVERS
            kind = (*kind, target.person.id) if strong else kind
            if kind not in seen:
                seen.add(kind)
                yield actor, target


def test_removals(country: Country, targets: list[Target]) -> None:
    """ROL-2, ROL-3, ROL-4: those who should may, once, and nobody else changes anything."""
    wrong: list[tuple[str, str, str]] = []
    counts = {True: 0, False: 0}
    for actor, target in sample(country, targets):
        should = should_remove(actor, target)
        counts[should] += 1
        fault = removed(country, actor, target) if should else refused(country, actor, target)
        if fault:
            wrong.append((actor.label, target.path, f"should{' ' if should else ' not '}: {fault}"))
    assert wrong == []
    assert counts[True] > 30, counts
    assert counts[False] > 100, counts


def holds(country: Country, target: Target) -> bool:
    held = country.scene.reader.standing(target.person.id).holdings
    return Holding(target.role, target.place.path) in held


def refused(country: Country, actor: Actor, target: Target) -> str:
    """Neither page nor act, and the role is held as before; else what happened.

    To somebody who fell after signing in, the list may offer it until the mirror hears of that.
    """
    page = "Remove role" in country.get(actor, target.path).text
    listed = f"/users/{target.person.id}/" in users(country, actor, target)
    status = country.post(actor, target.path, decides="")
    ended = actor.state != "active" or actor.holding is None  # sent to sign in, or to My profile
    said = status == 403 or (status == 303 and ended)
    offered = page or (listed and actor.state == "active")
    return "" if said and not offered and holds(country, target) else f"{status} {page} {listed}"


def removed(country: Country, actor: Actor, target: Target) -> str:
    """It is offered, it is done, and it is gone from Keycloak and nothing else is; else what happened."""
    others = country.held - {(target.person.id, Holding(target.role, target.place.path))}
    if f"/users/{target.person.id}/" not in users(country, actor, target):
        return "not offered"
    page = country.get(actor, target.path)
    form = page.form("Remove role").fields
    status = country.post(actor, target.path, decides=str(form["decides"]))
    left = country.all_held()
    country.scene.writer.grant(target.person.id, target.place, target.role)
    country.mirror(target.person)
    return "" if status == 303 and left == others else f"{status} {left ^ others}"


def users(country: Country, actor: Actor, target: Target) -> str:
    return country.get(actor, f"/users?size=100&q={target.person.last_name}").text
