"""CLU-1 to CLU-3 as the National job aids walk through them, and ORG-4's clusters."""

from collections.abc import Collection
from io import BytesIO
from uuid import uuid4

import pytest

from directory.vocabulary import Role
from portal.mirroring.reconcile import reconcile
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World, build
from tests.support.pages.browser import Browser

ADMIN = Role.ORGANISATION_ADMINISTRATOR
HERE = f"/administration/clusters/{SUB_ICB}"


@pytest.fixture
def world(database: str) -> World:
    """The small country with its people, fresh for each test."""
    return build(database)


@pytest.fixture
def oscar(world: World) -> Browser:
    person = world.person(f"{uuid4()}@a01.example", (SUB_ICB, ADMIN), first="Oscar")
    return world.browser(person, world.holding(SUB_ICB, ADMIN))


def press(
    browser: Browser, button: str, add: Collection[str] = (), clear: Collection[str] = (), **values: str
) -> Browser:
    """Sends the chooser with the boxes as they are on the page, but for some ticked and some cleared."""
    boxes = [one for one in browser.page.iter("input") if one.get("name") == "chosen"]
    shown = [one.get("value", "") for one in boxes]
    ticked = {one.get("value", "") for one in boxes if "checked" in one.attrib}
    assert {*add, *clear} <= set(shown)
    return browser.send(button, shown=shown, chosen=sorted((ticked | set(add)) - set(clear)), **values)


def create(browser: Browser, name: str, *codes: str) -> Browser:
    """As the first job aid says, to its confirmation."""
    browser.open("/administration/clusters").follow("Add new cluster")
    browser.send("Continue", name=name, description="By the sea")
    return press(browser, "Continue", codes).send("Yes")


def codes_of(world: World, short_name: str) -> set[str]:
    (found,) = [one for one in world.directory.clusters(SUB_ICB) if one.short_name == short_name]
    return set(found.organisations)


def test_creating_a_cluster(world: World, oscar: Browser) -> None:
    """CLU-1, CLU-2: list, name, description, chooser, summary, Yes, confirmation, list."""
    oscar.open("/administration/clusters")
    assert "There are no service provider clusters for this organisation yet." in oscar.said
    oscar.follow("Add new cluster").send("Continue", name=" Coastal  practices ", description="By the sea")
    assert oscar.heading == "Select service providers"
    press(oscar, "Continue", [SINGLE, "P004"])
    assert oscar.heading == "Create this cluster?"
    assert "Coastal practices" in oscar.said
    assert "Fair Isle Surgery" in oscar.said
    assert world.directory.clusters(SUB_ICB) == []
    oscar.send("Yes")
    assert oscar.heading == "Cluster created"
    oscar.follow("View service provider clusters")
    (made,) = world.directory.clusters(SUB_ICB)
    assert (made.short_name, made.name, made.organisations) == (
        f"{SUB_ICB}-1", "Coastal practices", {SINGLE, "P004"},
    )  # fmt: skip
    assert f"Short name {SUB_ICB}-1" in oscar.said
    assert "Organisations 2 Users 0" in oscar.said


def test_the_service_desk_finds_the_commissioner_and_goes_back(world: World) -> None:
    """CLU-1: it has no organisation of its own."""
    desk = world.person(f"{uuid4()}@nhs.net", ("", Role.SERVICE_DESK))
    browser = world.browser(desk, world.holding("", Role.SERVICE_DESK))
    browser.open("/administration/clusters?q=place").follow("Place A").follow("Back")
    assert browser.path == "/administration/clusters"
    assert "Find the commissioning organisation" in browser.said


def test_no_goes_back_with_nothing_lost(world: World, oscar: Browser) -> None:
    """CLU-2; and a name that another has is said at once."""
    create(oscar, "Coast", SINGLE)
    oscar.open(f"{HERE}/new").send("Continue", name="COAST", description="Another")
    assert oscar.problems == ["Another cluster of this organisation has this name. Enter a different name"]
    press(oscar.send("Continue", name="Hills"), "Continue", [MULTI]).send("No")
    assert oscar.heading == "Create Service Provider Cluster"
    assert oscar.form("Continue").fields["name"] == "Hills"
    assert oscar.form("Continue").fields["description"] == "Another"
    oscar.send("Continue")
    assert "1 selected" in oscar.said
    oscar.send("Continue").send("Yes")
    assert codes_of(world, f"{SUB_ICB}-2") == {MULTI}


def test_yes_pressed_twice_and_the_back_button(world: World, oscar: Browser) -> None:
    """One cluster, and the same confirmation."""
    press(oscar.open(f"{HERE}/new").send("Continue", name="Coast"), "Continue", [SINGLE])
    summary = oscar.path
    oscar.send("Yes")
    done = oscar.path
    assert oscar.open(summary).path == done
    assert len(world.directory.clusters(SUB_ICB)) == 1


def test_at_least_one_provider_is_selected(oscar: Browser) -> None:
    oscar.open(f"{HERE}/new").send("Continue", name="Coast").send("Continue")
    assert oscar.problems == ["Select at least one service provider"]


@pytest.fixture
def many(world: World) -> World:
    """A commissioner of 60 more practices, half of them on an island."""
    for number in range(60):
        place = "Island" if number % 2 else "Valley"
        world.directory.place(f"N{number:03}", f"{place} practice {number}", parent=SUB_ICB)
        world.mirror_organisation(f"N{number:03}")
    return world


def test_ticks_are_kept_from_page_to_page_and_search_to_search(many: World, oscar: Browser) -> None:
    """CLU-2: without script, over as many pages as there are."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    assert "Page 1 of 4" in oscar.said
    press(oscar, "Next page", [SINGLE])
    assert "Page 2 of 4" in oscar.said
    (third, *_) = [one.get("value") for one in oscar.page.iter("input") if one.get("name") == "chosen"]
    press(oscar, "Next page", [third])
    press(oscar, "Search", q="island practice 7")
    press(oscar, "Search", ["N007"], q="")
    assert "3 selected" in oscar.said
    press(oscar, "Search", clear=[SINGLE])
    press(press(oscar, "Next page"), "Previous page")
    assert "2 selected" in oscar.said
    oscar.send("Continue").send("Yes")
    assert codes_of(many, f"{SUB_ICB}-1") == {third, "N007"}


def test_select_all_of_the_filtered(many: World, oscar: Browser) -> None:
    """CLU-2: all that match, on every page; one of them may be cleared again, and all of them."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast").send("Search", q="island")
    assert "Select all 30 that match" in oscar.said
    press(oscar, "Search", all="y")
    assert "30 selected" in oscar.said
    press(oscar, "Search", clear=["N001"])
    assert "29 selected" in oscar.said
    press(oscar, "Search", all="y")
    assert "30 selected" in oscar.said
    del next(one for one in oscar.page.iter("input") if one.get("name") == "all").attrib["checked"]
    press(oscar, "Search")
    assert "0 selected" in oscar.said
    press(oscar, "Search", q="", all="y")
    assert "Select all 63, on every page" in oscar.said
    assert "30 selected" in oscar.said
    oscar.send("Continue").send("Yes")
    chosen = codes_of(many, f"{SUB_ICB}-1")
    assert chosen == {f"N{number:03}" for number in range(1, 60, 2)}


def test_five_hundred_providers(world: World, oscar: Browser) -> None:
    """CLU-2: all of them in one cluster, and one taken off again."""
    codes = {f"M{number:03}" for number in range(500)}
    for code in codes:
        world.directory.place(code, f"Practice {code}", parent=SUB_ICB)
    reconcile(world.services)
    oscar.open(f"{HERE}/new").send("Continue", name="Everybody")
    press(oscar, "Search", q="practice M")
    press(press(oscar, "Search", all="y"), "Continue").send("Yes")
    assert codes_of(world, f"{SUB_ICB}-1") == codes
    oscar.open(f"{HERE}/{SUB_ICB}-1").send("Remove organisation").send("Submit")
    assert len(codes_of(world, f"{SUB_ICB}-1")) == 499


def test_pasted_codes_are_checked_one_by_one(world: World, oscar: Browser) -> None:
    """Taken in any case; of each that isn't it is said why, and what was chosen before stays."""
    world.directory.place("P090", "Gone Surgery", parent=SUB_ICB)
    world.directory.change("P090", status="closed")
    world.mirror_organisation("P090")
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    press(oscar, "Add these codes", ["P004"], codes=f"p001, {MULTI};P003\nNOSUCH P090 {SUB_ICB}")
    assert "3 selected" in oscar.said
    for line in (
        "NOSUCH: no organisation has this ODS code",
        "P003: not a service provider of this organisation",
        "P090: closed",
        f"{SUB_ICB}: not a service provider of this organisation",
    ):
        assert line in oscar.said


@pytest.mark.parametrize(
    "content",
    [
        b'ODS code,Name\r\np001,Fair Isle\r\nP002,"Cromarty, Medical"\r\n\r\nNOSUCH,x\r\nP003,y\r\n',
        f"\ufeffOrganisation code;Name\np001;Fair Isle\n{MULTI};\u00e9\n\nNOSUCH;x\nP003;y".encode(),
        f"code\tName\np001\tFair Isle\n{MULTI}\t\u00e9\n\nNOSUCH\tx\nP003\ty".encode("cp1252"),
    ],
)
def test_codes_from_a_file_are_checked_line_by_line(world: World, oscar: Browser, content: bytes) -> None:
    """CLU-2: CSV as spreadsheets write it; each bad line is told, and what was chosen before stays."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    press(oscar, "Add from this file", ["P004"], file=(BytesIO(content), "codes.csv"))
    assert "3 selected" in oscar.said
    assert "Line 5, NOSUCH: no organisation has this ODS code" in oscar.said
    assert "Line 6, P003: not a service provider of this organisation" in oscar.said
    assert "ODS CODE:" not in oscar.said
    oscar.send("Continue").send("Yes")
    assert codes_of(world, f"{SUB_ICB}-1") == {SINGLE, MULTI, "P004"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Choose a file that has ODS codes"),
        (b"\n \n", "The file has no ODS codes"),
        (b"PK\x03\x04\0\0", "The file must be plain text or CSV, not a spreadsheet such as .xlsx"),
        (b"P001\n" * 5_001, "The file must have 5,000 lines or fewer"),
        (b"P001,a long name\n" * 10_000, "The file must be 100 kB or smaller"),
    ],
)
def test_a_file_that_cannot_be_read(oscar: Browser, content: bytes, problem: str) -> None:
    """It changes nothing, and the boxes stay as they are."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    press(oscar, "Add from this file", [SINGLE], file=(BytesIO(content), "codes.csv"))
    assert oscar.problems == [problem]
    assert "1 selected" in oscar.said


def test_a_file_far_too_large(oscar: Browser) -> None:
    """Refused before it is read, in words."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    oscar.send("Add from this file", file=(BytesIO(b"P001,x\n" * 100_000), "codes.csv"))
    assert oscar.status == 413
    assert "too large" in oscar.said


def test_what_a_change_does_to_people_is_said_before_it(world: World, oscar: Browser) -> None:
    """CLU-4: who gains and loses how many, and who is left with nothing; other clusters are counted."""
    create(create(oscar, "Coast", SINGLE, "P004"), "Hills", "P004")
    coast, hills = world.directory.clusters(SUB_ICB)
    for name, theirs in (("carol", [coast.id]), ("chris", [coast.id, hills.id])):
        world.directory.restrict(world.people[name].id, SUB_ICB, theirs)
        world.mirror(world.people[name].id)
    oscar.open(HERE).follow(coast.short_name)
    assert "What Submit changes" not in oscar.said
    oscar.send("Add organisation")
    press(oscar, "Continue", [MULTI], [SINGLE, "P004"])
    assert "Carol Person sees 1 more and no longer sees 2" in oscar.said
    assert "Chris Person sees 1 more and no longer sees 1" in oscar.said
    oscar.send("Remove organisation")
    assert "Carol Person no longer sees 2, and then sees nothing" in oscar.said
    assert "Chris Person no longer sees 1," not in oscar.said
    assert codes_of(world, coast.short_name) == {SINGLE, "P004"}


def test_updating_a_cluster(world: World, oscar: Browser) -> None:
    """CLU-3: nothing counts until Submit."""
    create(oscar, "Coast", SINGLE)
    oscar.open(HERE).follow(f"{SUB_ICB}-1").send("Add organisation", name="Inland")
    press(oscar, "Continue", [MULTI])
    assert oscar.form("Submit").fields["name"] == "Inland"
    assert "You have changes that are not submitted" in oscar.said
    oscar.send("Remove organisation")
    assert codes_of(world, f"{SUB_ICB}-1") == {SINGLE}
    oscar.open(HERE)
    assert "Changes not submitted" in oscar.said
    oscar.follow(f"{SUB_ICB}-1").send("Submit")
    assert f"Inland ({SUB_ICB}-1) was updated." in oscar.said
    assert codes_of(world, f"{SUB_ICB}-1") in ({SINGLE}, {MULTI})
    assert len(codes_of(world, f"{SUB_ICB}-1")) == 1


def test_leaving_with_changes_warns(oscar: Browser) -> None:
    """CLU-3; without any it doesn't."""
    create(oscar, "Coast", SINGLE)
    oscar.open(f"{HERE}/{SUB_ICB}-1").follow("Back")
    assert oscar.path == HERE
    oscar.open(f"{HERE}/{SUB_ICB}-1").send("Remove organisation").follow("Back")
    assert oscar.heading == "Leave without submitting your changes?"
    oscar.follow("Go back to my changes")
    assert "0 selected" in oscar.said
    oscar.follow("Back").send("Leave without submitting")
    assert "1 selected" in oscar.open(f"{HERE}/{SUB_ICB}-1").said


def test_of_two_editors_the_second_is_told(world: World, oscar: Browser) -> None:
    """CLU-3: whether they had begun to change it or only looked."""
    create(oscar, "Coast", SINGLE)
    oscar.open(f"{HERE}/{SUB_ICB}-1")
    (made,) = world.directory.clusters(SUB_ICB)
    world.directory.relist_cluster(made.id, MULTI)
    oscar.send("Submit", name="Mine")
    assert "Somebody else has changed this cluster since you opened it." in oscar.said
    oscar.send("Remove organisation")
    world.directory.relist_cluster(made.id, "P004")
    oscar.send("Submit")
    assert "Somebody else has changed this cluster" in oscar.said
    assert codes_of(world, f"{SUB_ICB}-1") == {"P004"}
    oscar.follow("Leave without your changes").send("Leave without submitting")
    assert "P004" in oscar.open(f"{HERE}/{SUB_ICB}-1").said


def test_deleting_says_who_would_gain_what_and_asks(world: World, oscar: Browser) -> None:
    """CLU-4."""
    create(oscar, "Coast", SINGLE)
    (made,) = world.directory.clusters(SUB_ICB)
    carol = world.people["carol"]
    world.directory.restrict(carol.id, SUB_ICB, [made.id])
    world.mirror(carol.id)
    oscar.open(f"{HERE}/{SUB_ICB}-1").follow("Delete this cluster")
    assert "Carol Person: in no other cluster" in oscar.said
    assert "They would see all 3 service providers of Place A, not the 1 of this cluster." in oscar.said
    oscar.send("Delete cluster")
    assert f"Coast ({SUB_ICB}-1) was deleted." in oscar.said
    (held,) = world.directory.standing(carol.id).holdings
    assert held.only == frozenset()


def test_a_provider_says_which_clusters_it_is_in(world: World, oscar: Browser) -> None:
    """ORG-4."""
    create(oscar, "Coast", SINGLE)
    chris = world.browser(world.people["chris"], world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    assert f"Coast ({SUB_ICB}-1)" in chris.open(f"/providers/{SINGLE}").said
    assert "It is in no service provider cluster." in chris.open(f"/providers/{MULTI}").said


def test_pages_outside_somebodys_clusters_are_closed(world: World, oscar: Browser) -> None:
    """CLU-4: lists, pages by their addresses, and what is sent."""
    create(oscar, "Coast", SINGLE)
    (made,) = world.directory.clusters(SUB_ICB)
    carol = world.people["carol"]
    world.directory.restrict(carol.id, SUB_ICB, [made.id])
    browser = world.browser(carol, world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    assert MULTI not in browser.open("/providers").said
    assert SINGLE in browser.said
    assert browser.open(f"/providers/{MULTI}").status == 404
    assert "paul@approvers.example" not in browser.open("/users").said
    una = world.people["una"]
    assert una.email in browser.said
    paul = world.people["paul"]
    assert browser.open(f"/users/{paul.id}/roles/{MULTI}/remove/provider-approver").status == 403
    outside = world.open_request("out@p004.example", "P004")
    assert browser.open(f"/requests/{outside}").status == 403
