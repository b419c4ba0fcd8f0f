"""Who may not touch a cluster: its neighbour's administrator, a stranger's draft, a code from elsewhere."""

from dataclasses import replace

import pytest

from directory.vocabulary import Cluster, Role
from portal.acts import clusters
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed, NothingFound
from tests.support.builders.world import HERE, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

ADMIN = Role.ORGANISATION_ADMINISTRATOR
PAGE = f"/administration/clusters/{SUB_ICB}"


def administrator(world: World, name: str, code: str) -> tuple[ActingAs, Browser]:
    person, held = world.person(f"{name}@nhs.example", (code, ADMIN)), world.holding(code, ADMIN)
    return ActingAs(person.id, held), world.browser(person, held)


@pytest.fixture
def coast(world: World) -> Cluster:
    return world.directory.create_cluster(SUB_ICB, "key", "Coast", "", [SINGLE])


@pytest.mark.parametrize("code", ["B01", "QA1", "QB1"])
def test_an_administrator_of_another_commissioner(world: World, coast: Cluster, code: str) -> None:
    """The one next door, and the one above: clusters are of exactly one's own organisation."""
    eve, browser = administrator(world, "eve", code)
    here = f"{PAGE}/{coast.short_name}"
    for address in (PAGE, f"{PAGE}/new", here, f"{here}/delete"):
        assert browser.open(address).status == 403, address
    theirs = replace(coast, name="Theirs", organisations=frozenset())
    for act in (
        lambda: clusters.change(world.services, eve, coast, theirs, HERE),
        lambda: clusters.create(world.services, eve, SUB_ICB, "k", theirs, HERE),
        lambda: clusters.delete(world.services, eve, SUB_ICB, coast.short_name, "", HERE, lift=True),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert world.directory.clusters(SUB_ICB) == [coast]


def test_a_cluster_reached_through_ones_own_organisation(world: World, coast: Cluster) -> None:
    """The address names one's own, the cluster is another's."""
    eve, browser = administrator(world, "eve", "B01")
    assert browser.open(f"/administration/clusters/B01/{coast.short_name}").status == 404
    with pytest.raises(NothingFound):
        clusters.delete(world.services, eve, "B01", coast.short_name, "", HERE, lift=True)
    moved = replace(coast, commissioner="B01")
    with pytest.raises(NothingFound):
        clusters.change(world.services, eve, moved, replace(moved, name="Mine"), HERE)


def test_the_approver_and_the_user_next_door(world: World, coast: Cluster) -> None:
    """Other roles at the very same organisation."""
    for role in set(Role) - {ADMIN, Role.SERVICE_DESK}:
        person = world.person(f"{role}@same.example", (SUB_ICB, role))
        asker = ActingAs(person.id, world.holding(SUB_ICB, role))
        with pytest.raises(NotAllowed):
            clusters.delete(world.services, asker, SUB_ICB, coast.short_name, "", HERE, lift=False)
    assert world.directory.clusters(SUB_ICB) == [coast]


@pytest.mark.parametrize("code", ["P003", "B01", "QA1", SUB_ICB, "NOSUCH", "Y90"])
def test_a_code_outside_the_tree(world: World, coast: Cluster, code: str) -> None:
    """Ticked by a forged form, pasted, or sent to the act itself: it is not taken."""
    oscar, browser = administrator(world, "oscar", SUB_ICB)
    browser.open(f"{PAGE}/new").send("Continue", name="Hills")
    browser.send("Continue", chosen=[code], shown=[code])
    assert browser.problems == ["Select at least one service provider"]
    browser.send("Add these codes", codes=code)
    assert "0 selected" in browser.said
    forged = replace(coast, organisations=frozenset({SINGLE, code}))
    with pytest.raises(NothingFound):
        clusters.change(world.services, oscar, coast, forged, HERE)
    with pytest.raises(NothingFound):
        clusters.create(world.services, oscar, SUB_ICB, "k", replace(forged, name="Hills"), HERE)


def test_a_draft_of_somebody_else(world: World) -> None:
    """Its address is worth nothing in another session, nor for another organisation of the same person."""
    _, browser = administrator(world, "oscar", SUB_ICB)
    browser.open(f"{PAGE}/new").send("Continue", name="Hills").send("Continue", chosen=[SINGLE])
    check = browser.path
    _other, theirs = administrator(world, "eve", SUB_ICB)
    for address in (
        check,
        check.removesuffix("/check"),
        check.replace("/new/", "/choose/").removesuffix("/check"),
    ):
        assert theirs.open(address).status == 404, address
    desk = world.browser(world.people["desk"], world.holding("", Role.SERVICE_DESK))
    desk.open(f"{PAGE}/new").send("Continue", name="Moors").send("Continue", chosen=[SINGLE])
    assert desk.open(desk.path.replace(SUB_ICB, "B01")).status == 404
    assert world.directory.clusters(SUB_ICB) == []


def test_an_administrator_whose_role_was_taken(world: World, coast: Cluster) -> None:
    """With the page still open."""
    oscar, browser = administrator(world, "oscar", SUB_ICB)
    browser.open(f"{PAGE}/{coast.short_name}")
    world.directory.remove(oscar.person_id, world.directory.organisation(SUB_ICB), ADMIN)
    browser.send("Submit", name="Mine")
    assert world.directory.clusters(SUB_ICB) == [coast]
    with pytest.raises(NotAllowed):
        clusters.preview_deletion(world.services, oscar, SUB_ICB, coast.short_name)


def test_a_form_without_its_token(world: World, coast: Cluster) -> None:
    """Sent from another site by the administrator's own browser."""
    _, browser = administrator(world, "oscar", SUB_ICB)
    for path, values in (
        (f"{PAGE}/{coast.short_name}/delete", {"warning": "", "people": "lift"}),
        (f"{PAGE}/{coast.short_name}", {"go": "submit", "name": "Theirs"}),
    ):
        assert browser.client.post(path, data=values).status_code == 400
    assert world.directory.clusters(SUB_ICB) == [coast]
