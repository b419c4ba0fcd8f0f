"""CLU-1 to CLU-3 as the National job aids walk through them, and ORG-4's clusters."""

from uuid import uuid4

import pytest

from directory.vocabulary import OrganisationType, Role
from portal.pages.clusters.routes import GONE_SINCE
from portal.store import cluster_mirror
from tests.portal.pages.clusters import HERE, administrator, codes_of, create, press
from tests.support.builders.world import ICB, MULTI, SINGLE, SUB_ICB, World, build
from tests.support.pages.browser import Browser


@pytest.fixture
def world(database: str) -> World:
    """The small country with its people, fresh for each test."""
    return build(database)


@pytest.fixture
def oscar(world: World) -> Browser:
    return administrator(world)


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


def test_more_commissioners_with_clusters_than_are_listed(world: World) -> None:
    desk = world.person(f"{uuid4()}@nhs.net", ("", Role.SERVICE_DESK))
    for number in range(21):
        code = f"C{number:02}"
        world.directory.place(code, f"Moor {number}", OrganisationType.SUB_ICB, ICB)
        world.mirror_organisation(code)
        made = world.directory.create_cluster(code, code, "Coast", "", [])
        with world.sessions.begin() as session:
            cluster_mirror.refresh_cluster(session, made)
    browser = world.browser(desk, world.holding("", Role.SERVICE_DESK)).open("/administration/clusters")
    assert "Only the first 20 are below." in browser.said
    assert "Only the first" not in browser.send("Search", q="moor 20").said


def test_a_name_that_is_taken_meanwhile_is_asked_for_again(world: World, oscar: Browser) -> None:
    """The message leads to the field."""
    press(oscar.open(f"{HERE}/new").send("Continue", name="Coast"), "Continue", [SINGLE])
    world.directory.create_cluster(SUB_ICB, "another", "Coast", "", [MULTI])
    oscar.send("Yes")
    assert oscar.problems == ["Another cluster of this organisation has this name. Enter a different name"]
    assert 'href="#name"' in oscar.text
    assert oscar.form("Continue").fields["name"] == "Coast"


def test_pressed_twice_it_is_deleted_once(world: World, oscar: Browser) -> None:
    create(oscar, "Coast", SINGLE)
    oscar.open(f"{HERE}/{SUB_ICB}-1").follow("Delete this cluster")
    form, address = oscar.form("Delete cluster").fields, oscar.path
    for _ in range(2):
        answer = oscar.client.post(address, data=form)
        assert (answer.status_code, answer.location) == (303, HERE)
    assert f"Coast ({SUB_ICB}-1) was deleted." in oscar.open(HERE).said
    assert world.directory.clusters(SUB_ICB) == []


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


def test_a_provider_that_leaves_before_submit_is_taken_off(world: World, oscar: Browser) -> None:
    """CLU-2, CLU-3: said which, and the rest is submitted; no dead end."""
    create(oscar, "Coast", SINGLE)
    press(oscar.open(f"{HERE}/new").send("Continue", name="Hills"), "Continue", [MULTI, "P004"])
    summary = oscar.path
    oscar.open(HERE).follow(f"{SUB_ICB}-1").send("Add organisation")
    press(oscar, "Continue", ["P004"])
    world.directory.move("P004", "B01")
    world.mirror_organisation("P004")
    oscar.send("Submit")
    assert f"{GONE_SINCE} P004. Check the list again." in oscar.said
    assert oscar.heading == "Coast"
    oscar.open(summary).send("Yes")
    assert f"{GONE_SINCE} P004. Check the list again." in oscar.said
    assert oscar.send("Yes").heading == "Cluster created"
    assert codes_of(world, f"{SUB_ICB}-2") == {MULTI}


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
