"""Who may remove which role, against the real pages, database and Keycloak: a sample of every kind of pair.

What should be comes from the oracle of the rules' tests, which shares nothing with the portal.
"""

import pytest

from directory.vocabulary import Holding
from tests.keycloak.proofs.matrix_country import Actor
from tests.keycloak.proofs.matrix_portal import Country, build_country
from tests.keycloak.proofs.matrix_targets import Target, enrol_targets, every_target, pairs
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm
from tests.unit.rules import oracle

pytestmark = pytest.mark.keycloak


def path(target: Target) -> str:
    """The page that removes the first of their roles."""
    return f"{target.page}/roles/{target.place.code}/remove/{target.role.value}"


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> Country:
    return build_country(database, KeycloakScene(realm))


@pytest.fixture(scope="module")
def targets(country: Country) -> list[Target]:
    return enrol_targets(country)


def should_remove(actor: Actor, target: Target) -> bool:
    able = oracle.has_powers(actor.holding, actor.state)
    return able and oracle.removes_role(actor.holding, list(target.held), target.role, target.place)


def test_removals(country: Country, targets: list[Target]) -> None:
    """ROL-2, ROL-3, ROL-4: those who should may, once, and nobody else changes anything."""
    wrong: list[tuple[str, str, str]] = []
    counts = {True: 0, False: 0}
    for actor, target in pairs(country.actors, targets, should_remove, every_target):
        should = should_remove(actor, target)
        counts[should] += 1
        fault = removed(country, actor, target) if should else refused(country, actor, target)
        if fault:
            wrong.append((actor.label, path(target), f"should{' ' if should else ' not '}: {fault}"))
    assert wrong == []
    assert country.all_held() == country.held, "nobody else's roles were touched, and all is put back"
    assert counts[True] > 30, counts
    assert counts[False] > 100, counts


def holds(country: Country, target: Target) -> bool:
    return Holding(target.role, target.place.path) in country.held_by(target.person)


def refused(country: Country, actor: Actor, target: Target) -> str:
    """Neither page nor act, and the role is held as before; else what happened.

    To somebody who fell after signing in, the list may offer it until the mirror hears of that.
    """
    page = "Remove role" in country.get(actor, path(target)).text
    listed = f"/users/{target.person.id}/" in users(country, actor, target)
    status = country.post(actor, path(target), decides="")
    ended = actor.state != "active" or actor.holding is None  # sent to sign in, or to My profile
    said = status == 403 or (status == 303 and ended)
    offered = page or (listed and actor.state == "active")
    return "" if said and not offered and holds(country, target) else f"{status} {page} {listed}"


def removed(country: Country, actor: Actor, target: Target) -> str:
    """It is offered, it is done, and it is gone from Keycloak and their others aren't; else what happened."""
    others = country.held_by(target.person) - {Holding(target.role, target.place.path)}
    if f"/users/{target.person.id}/" not in users(country, actor, target):
        return "not offered"
    page = country.get(actor, path(target))
    form = page.form("Remove role").fields
    status = country.post(actor, path(target), decides=str(form["decides"]))
    left = country.held_by(target.person)
    country.scene.writer.grant(target.person.id, target.place, target.role)
    country.mirror(target.person)
    return "" if status == 303 and left == others else f"{status} {left ^ others}"


def users(country: Country, actor: Actor, target: Target) -> str:
    return country.get(actor, f"/users?size=100&q={target.person.last_name}").text
