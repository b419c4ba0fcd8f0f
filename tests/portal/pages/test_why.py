"""SCP-3 and SCP-4: why somebody can see an organisation and why not, and who can."""

import csv
from io import StringIO

import pytest

from directory.vocabulary import Person, Role
from portal.store import cluster_mirror
from tests.portal.acts.user_details import administrator, change
from tests.portal.pages.test_users_file import MARK
from tests.support.builders.world import ICB, MULTI, SINGLE, SUB_ICB, World, build
from tests.support.pages.browser import Browser

STAFF, APPROVER = Role.COMMISSIONER_USER, Role.COMMISSIONER_APPROVER


@pytest.fixture
def world(database: str) -> World:
    return build(database)


def as_(world: World, name: str) -> Browser:
    person = world.people[name]
    (held,) = world.directory.standing(person.id).holdings
    return world.browser(person, held)


@pytest.fixture
def sam(world: World) -> Person:
    """Restricted to the single-level practice, by an administrator, on the record."""
    made = world.directory.create_cluster(SUB_ICB, "key", "Coast", "", [SINGLE])
    sam = world.person("sam@a01.example", ("P004", Role.PROVIDER_USER), first="Sam", last="Staff")
    change(world, administrator(world), sam.id, SUB_ICB, [STAFF], clusters=[made.id])
    with world.sessions.begin() as session:
        cluster_mirror.refresh_cluster(session, made)
    world.mirror(sam.id)
    return sam


def test_why_and_why_not(world: World, sam: Person) -> None:
    """The chain: role, organisation, cluster, granter and date."""
    carol = (
        as_(world, "carol")
        .open(f"/users/{sam.id}")
        .follow("Why can this person see an organisation, or why not?")
    )
    carol.send("Search", q="fair isle").follow("Fair Isle Surgery (P001)")
    assert "Sam Staff can see Fair Isle Surgery (P001)" in carol.said
    assert "Coast (A01-1), which lists P001" in carol.said
    assert "Set on User details by Ada Admin, 5 January 2026" in carol.said
    carol.open(f"/users/{sam.id}/why?organisation={MULTI}")
    assert "Sam Staff cannot see Cromarty Medical (P002)" in carol.said
    assert "The role is restricted to service provider clusters, and none of them lists it." in carol.said
    assert "Before this service kept a record" in carol.said
    assert "The role is held at an organisation that does not stand over the one asked about." in carol.said


def test_more_than_are_listed(world: World, sam: Person) -> None:
    for number in range(21):
        world.directory.place(f"N{number:03}", f"Tern practice {number}", parent=SUB_ICB)
        world.mirror_organisation(f"N{number:03}")
    carol = as_(world, "carol").open(f"/users/{sam.id}/why").send("Search", q="tern")
    assert "More than 20 organisations match." in carol.said
    assert "More than" not in carol.send("Search", q="tern practice 20").said


def test_what_the_viewer_may_know(world: World, sam: Person) -> None:
    """Roles elsewhere are a number; an organisation elsewhere, and a stranger, are refused."""
    desk = as_(world, "desk").open(f"/users/{sam.id}/why?organisation={MULTI}")
    assert "not shown" not in desk.said
    world.directory.grant(sam.id, world.directory.organisation("P003"), Role.PROVIDER_USER)
    carol = as_(world, "carol").open(f"/users/{sam.id}/why?organisation={MULTI}")
    assert "1 role at organisations that your role does not stand over is not shown" in carol.said
    assert "Viking" not in carol.said
    assert carol.open(f"/users/{sam.id}/why?organisation=P003").status == 403
    assert carol.open(f"/users/{sam.id}/why?organisation={ICB}").status == 403
    assert carol.open(f"/users/{sam.id}/why?organisation=NOSUCH").status == 404
    assert "No organisation matches" in carol.open(f"/users/{sam.id}/why?q=viking").said
    assert as_(world, "pam").open(f"/users/{sam.id}/why?organisation={MULTI}").status == 403


@pytest.mark.usefixtures("sam")
def test_who_can_see_a_practice(world: World) -> None:
    """SCP-4: for its approver; the nearest first, the restricted only where they are let through."""
    pam = as_(world, "pam").open("/users").follow("Who can see the affairs of Cromarty Medical?")
    assert "Showing 1 to 7 of 7 roles" in pam.said
    order = [
        "Pam Person",
        "Paul Person",
        "Carol Person",
        "Chris Person",
        "Ada Admin",
        "Iris Person",
        "Desk Person",
    ]
    places = [pam.said.index(name) for name in order]
    assert places == sorted(places)
    assert "Sam Staff" not in pam.said
    assert "@" not in pam.said
    carol = as_(world, "carol").open(f"/providers/{SINGLE}")
    carol.follow("Who can see this organisation's affairs?")
    assert "Sam Staff" in carol.said
    assert "Coast (A01-1), which lists P001" in carol.said


@pytest.mark.usefixtures("sam")
def test_as_csv(world: World) -> None:
    carol = as_(world, "carol").open(f"/organisations/{SINGLE}/who/who.csv")
    assert carol.text.startswith(MARK)
    rows = list(csv.DictReader(StringIO(carol.text.removeprefix(MARK))))
    assert len(rows) == 7
    (mine,) = [one for one in rows if one["First name"] == "Sam"]
    assert (mine["Role"], mine["Held at"], mine["Clusters"], mine["Listed there as"]) == (
        "Commissioner User", SUB_ICB, "A01-1", SINGLE,
    )  # fmt: skip
    assert (mine["Given by"], mine["Given on"]) == ("Ada Admin", "2026-01-05")


def test_who_may_not_ask(world: World) -> None:
    """The approver of another practice, the commissioner next door, a practice's user, nobody."""
    for name, code in (("pam", SINGLE), ("pam", SUB_ICB), ("bella", SINGLE), ("carol", ICB), ("una", SINGLE)):
        for address in (f"/organisations/{code}/who", f"/organisations/{code}/who/who.csv"):
            assert as_(world, name).open(address).status == 403, (name, address)
    assert as_(world, "carol").open("/organisations/NOSUCH/who").status == 404
    assert as_(world, "carol").open(f"/organisations/{SUB_ICB}/who").status == 200


def test_the_disabled_and_the_closed(world: World) -> None:
    """A closed organisation is in nobody's scope, as the page says; the disabled see nothing."""
    world.directory.disable(world.people["chris"].id)
    world.mirror(world.people["chris"].id)
    carol = as_(world, "carol")
    assert "Chris" not in carol.open(f"/organisations/{SINGLE}/who").said
    world.directory.change(SINGLE, status="closed")
    world.mirror_organisation(SINGLE)
    assert carol.open(f"/organisations/{SINGLE}/who").status == 403
    desk = as_(world, "desk").open(f"/organisations/{SINGLE}/who")
    assert "It has closed, so it has left everybody's scope. The Service Desk still looks" in desk.said
    assert "Showing" not in desk.said
