"""Who may disable, enable, revoke and unlock whom: everybody in memory, a sample of every kind on Keycloak.

On the real pages and database. What should be comes from the oracle of the rules' tests.
"""

import pytest

from directory.vocabulary import Holding
from tests.keycloak.proofs.matrix_country import Actor
from tests.keycloak.proofs.matrix_portal import Country, build_country
from tests.keycloak.proofs.matrix_targets import (
    Apart,
    Target,
    each_outcome,
    enrol_targets,
    everybody,
    one_of_a_kind,
    pairs,
)
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fakes.directory import FakeDirectory
from tests.support.pages.browser import Browser, words
from tests.support.servers.realm import TestRealm
from tests.unit.rules import oracle

ACTS = {"disable": "Disable account", "enable": "Enable account", "revoke": "Revoke", "unlock": "Unlock"}
"""Each with the button that confirms it. All have one rule."""
LOCKED_FOR_LONG = {"waitIncrementSeconds": 7200, "maxFailureWaitSeconds": 7200}
"""So that no lock runs out while it is tried on."""


Facts = tuple[bool, bool, frozenset[Holding]]
"""Whether the account is enabled, whether it is locked, and what is held."""


@pytest.fixture
def in_memory(database: str) -> Country:
    return build_country(database, FakeDirectory())


@pytest.fixture
def on_keycloak(database: str, realm: TestRealm) -> Country:
    scene = KeycloakScene(realm)
    scene.ask("PUT", "", LOCKED_FOR_LONG)
    return build_country(database, scene)


def should(actor: Actor, target: Target) -> bool:
    able = oracle.has_powers(actor.holding, actor.state)
    return able and oracle.acts_on_account(actor.holding, list(target.held))


def test_everybody_in_memory(in_memory: Country) -> None:
    """ROL-2, ROL-3, USR-3 to USR-6: those who should may, and nobody else changes anything."""
    counts = tried(in_memory, everybody, one_of_a_kind)
    assert counts[True] >= 77, counts
    assert counts[False] >= 510, counts


@pytest.mark.keycloak
def test_every_kind_on_keycloak(on_keycloak: Country) -> None:
    """The same on a real Keycloak: one act between places of every kind, each other by role and outcome."""
    counts = tried(on_keycloak, one_of_a_kind, each_outcome)
    assert counts[True] >= 30, counts
    assert counts[False] >= 178, counts


def tried(country: Country, first: Apart, others: Apart) -> dict[bool, int]:
    """The pairs of `first` try the first act, those of `others` the rest; how many should, and shouldn't."""
    targets, wrong, counts = enrol_targets(country), [], {True: 0, False: 0}
    for number, act in enumerate(ACTS):
        for target in targets:
            make_ready(country, act, target)
        before = {target.page: facts(country, target) for target in targets}
        for actor, target in pairs(country.actors, targets, should, others if number else first):
            allowed = should(actor, target)
            counts[allowed] += 1
            fault = (done if allowed else refused)(country, actor, target, act, before[target.page])
            if fault:
                wrong.append((actor.label, act, target.page, allowed, fault))
        for target in targets:
            country.scene.enable(target.person.id)
    assert wrong == []
    assert country.all_held() == country.held, "nobody else's roles were touched, and all is put back"
    return counts


def make_ready(country: Country, act: str, target: Target) -> None:
    """As somebody has to be for the act to have anything to do."""
    if act == "enable":
        country.scene.disable(target.person.id)
    if act == "unlock":
        country.scene.lock(target.person.id)


def facts(country: Country, target: Target) -> Facts:
    standing = country.scene.reader.standing(target.person.id)
    return standing.person.enabled, standing.locked, standing.holdings


def refused(country: Country, actor: Actor, target: Target, act: str, before: Facts) -> str:
    """Neither offered nor done, and everything as before; else what happened."""
    seen = country.get(actor, target.page)
    offered = f"{target.page}/{act}" in seen.text and seen.status == 200
    page = has_button(country.get(actor, f"{target.page}/{act}"), "Continue", ACTS[act])
    status = country.post(actor, confirmed(target, act), shown="", why="left")
    ended = actor.state != "active" or actor.holding is None  # sent to sign in, or to My profile
    said = status == 403 or (status == 303 and ended)
    same = facts(country, target) == before
    return "" if said and same and not page and not offered else f"{status} {offered} {page} {same}"


def done(country: Country, actor: Actor, target: Target, act: str, before: Facts) -> str:
    """Offered on the person's page, done, and nothing else of theirs is changed; else what happened."""
    if f"{target.page}/{act}" not in country.get(actor, target.page).text:
        return "not offered"
    form = confirmation(country, actor, target, act).form(ACTS[act]).fields
    given = {name: str(form.get(name, "")) for name in ("shown", "why", "text") if name in form}
    status = country.post(actor, confirmed(target, act), **given)
    after = facts(country, target)
    wanted = {
        "disable": (False, before[1], before[2]),
        "enable": (True, before[1], still_there(country, before[2])),
        "revoke": (True, before[1], frozenset()),
        "unlock": (True, False, before[2]),
    }[act]
    put_back(country, target, act, before[2])
    return "" if status == 303 and after == wanted else f"{status} {after} {wanted}"


def still_there(country: Country, holdings: frozenset[Holding]) -> frozenset[Holding]:
    """Without those at closed organisations."""
    return frozenset(
        held for held in holdings if not held.path or country.places[held.organisation].status != "closed"
    )


def has_button(browser: Browser, *names: str) -> bool:
    """Whether the page has a form for the act: one that doesn't have the words isn't parsed for a button."""
    told = any(name.split()[0] in browser.text for name in names)
    return told and any(words(button) in names for button in browser.page.iter("button"))


def confirmed(target: Target, act: str) -> str:
    return f"{target.page}/{act}/confirmed" if act == "disable" else f"{target.page}/{act}"


def confirmation(country: Country, actor: Actor, target: Target, act: str) -> Browser:
    page = country.get(actor, f"{target.page}/{act}")
    return page.send("Continue", why="left") if act == "disable" else page


def put_back(country: Country, target: Target, act: str, held: frozenset[Holding]) -> None:
    """As it was, for the next who tries."""
    for holding in held - country.scene.reader.standing(target.person.id).holdings:
        place = country.places[holding.organisation]
        country.scene.writer.grant(target.person.id, place, holding.role)
    if act == "disable":
        country.scene.enable(target.person.id)
    else:
        make_ready(country, act, target)
