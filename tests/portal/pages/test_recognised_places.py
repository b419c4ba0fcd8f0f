"""Wherever an organisation is chosen or searched, town and commissioner tell it from others of its name."""

import pytest

from directory.vocabulary import OrganisationStatus, Role
from tests.portal.pages.clusters import press
from tests.support.builders.world import CLOSED, ICB, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

TOWN, POSTCODE, COMMISSIONER = "LERWICK", "ZE1 0AA", "Place A"
RECOGNISED = f"{TOWN}, {POSTCODE}, {COMMISSIONER}"


@pytest.fixture(scope="module")
def world(world: World) -> World:
    """One practice is known by its town; another at its postcode has closed."""
    world.directory.change(SINGLE, town=TOWN, postcode=POSTCODE)
    world.directory.change(CLOSED, status=OrganisationStatus.CLOSED, postcode=POSTCODE)
    for code in (SINGLE, CLOSED):
        world.mirror_organisation(code)
    return world


def acting(world: World, code: str, role: Role) -> Browser:
    person = world.person(f"{role}.{code.lower()}@places.example", (code, role))
    return world.browser(person, world.holding(code, role))


def somebody(world: World, email: str, code: str) -> str:
    return world.person(email, (code, Role.PROVIDER_USER), first="Del", last="Dogger").id


def test_registering(world: World) -> None:
    """ORG-1: in the list, and in what the box suggests."""
    browser = world.browser().open("/register").send("Continue", email="new@places.example")
    browser.open(f"{browser.path}?q=fair")
    assert f"Service provider, {RECOGNISED}" in browser.said
    (found,) = world.app.test_client().get("/register/organisations?q=fair").json["organisations"]
    assert found["about"] == f"Service provider, {RECOGNISED}"


@pytest.mark.parametrize(
    ("role", "code", "page"),
    [
        (Role.PROVIDER_USER, "P003", "/profile/request-access?q=fair"),
        (Role.COMMISSIONER_APPROVER, ICB, "/providers?q=fair"),
        (Role.COMMISSIONER_APPROVER, ICB, "/users/{una}/why?q=fair"),
        (Role.ADVANCED_USER_ADMINISTRATOR, ICB, "/users/{una}/details/organisation?q=fair"),
    ],
)
def test_searching(world: World, role: Role, code: str, page: str) -> None:
    una = somebody(world, f"una.{role}.{len(page)}@places.example", SINGLE)
    browser = acting(world, code, role).open(page.format(una=una))
    assert browser.status == 200, browser.heading
    assert RECOGNISED in browser.said


def test_inviting(world: World) -> None:
    browser = acting(world, "", Role.SERVICE_DESK).open("/users/invite")
    browser.send("Next", email="invited@places.example").send("Next", first_name="Jo", last_name="Lee")
    browser.open(f"{browser.path}?q=fair")
    assert f"Service provider, {RECOGNISED}" in browser.said


def test_choosing_for_a_cluster(world: World) -> None:
    """CLU-2: in the chooser, and in the summary; whose own practices they are needs no saying."""
    browser = acting(world, ICB, Role.ORGANISATION_ADMINISTRATOR)
    browser.open(f"/administration/clusters/{ICB}/new").send("Continue", name="Coast")
    assert RECOGNISED in browser.said
    assert RECOGNISED in press(browser, "Continue", [SINGLE]).said
    own = acting(world, SUB_ICB, Role.ORGANISATION_ADMINISTRATOR)
    own.open(f"/administration/clusters/{SUB_ICB}/new").send("Continue", name="Coast")
    assert f"{TOWN}, {POSTCODE}" in own.said
    assert RECOGNISED not in own.said


def test_whose_clusters(world: World) -> None:
    """CLU-1: the Service Desk finds the commissioner by name, and sees what it is part of."""
    browser = acting(world, "", Role.SERVICE_DESK).open("/administration/clusters?q=place")
    assert "Name Place A Part of ICB A" in browser.said


def test_choosing_a_role(world: World) -> None:
    """AUT-5: of two practices of one name, the one in this town."""
    held = ((SINGLE, Role.PROVIDER_USER), ("P003", Role.PROVIDER_USER))
    browser = world.browser(world.person("both@places.example", *held)).open("/role")
    assert f"Provider User, {SINGLE}, {RECOGNISED}" in browser.said


def test_where_the_people_of_a_closed_one_go(world: World) -> None:
    """ORG-6: suggested, and chosen."""
    somebody(world, "del@places.example", CLOSED)
    browser = acting(world, SUB_ICB, Role.COMMISSIONER_APPROVER).open(f"/providers/{CLOSED}/people")
    assert f"{RECOGNISED}. Has the same postcode" in browser.said
    assert f"Fair Isle Surgery ({SINGLE}), {RECOGNISED}." in browser.send("Continue", to=SINGLE).said
