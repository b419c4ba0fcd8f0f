"""The pages that say where the people of a closed provider go."""

from datetime import timedelta
from uuid import uuid4

import pytest

from directory.vocabulary import OrganisationStatus, Role
from tests.portal.pages.test_closed_providers import acting
from tests.support.builders.world import CLOSED, MULTI, SINGLE, SUB_ICB, World, build_places
from tests.support.pages.browser import Browser


@pytest.fixture(scope="module")
def closed(world: World) -> World:
    world.person("del.dogger@nhs.net", (CLOSED, Role.PROVIDER_USER), first="Del", last="Dogger")
    world.directory.change(CLOSED, status=OrganisationStatus.CLOSED, postcode="ZE1 0AA")
    world.directory.change(SINGLE, postcode="ZE1 0AA")
    for code in (CLOSED, SINGLE):
        world.mirror_organisation(code)
    return world


@pytest.fixture
def commissioner(closed: World) -> Browser:
    return acting(closed, SUB_ICB, Role.COMMISSIONER_APPROVER)


def test_from_the_closed_provider_to_done(closed: World, commissioner: Browser) -> None:
    """ORG-6: a successor proposed, who and with which roles, confirmed once, told what became of each."""
    browser = commissioner.open(f"/providers/{CLOSED}")
    browser.follow("Say where its people go")
    assert browser.heading == "Where the people of Dogger Practice go"
    assert "ZE1 0AA, Place A. Has the same postcode" in browser.said
    browser.send("Continue", to=SINGLE)
    assert "They go to Fair Isle Surgery (P001)" in browser.said
    assert "Del Dogger" in browser.said
    browser.send("Confirm")
    assert browser.heading == "What became of each"
    assert "Provider User, Fair Isle Surgery (P001)" in browser.said
    assert "Given. We will tell them." in browser.said
    closed.work()
    again = commissioner.open(f"/providers/{CLOSED}/people?to={SINGLE}")
    assert "Has this role there already." in again.said


def test_one_given_by_its_code(commissioner: Browser) -> None:
    browser = commissioner.open(f"/providers/{CLOSED}/people")
    browser.send("Continue", other="p003")
    assert "They go to Viking Practice (P003)" in browser.said
    assert "Your role does not reach this organisation." in browser.said
    assert "None of them can be given a role there by you." in browser.said
    browser.open(f"/providers/{CLOSED}/people?other=NOWHERE")
    assert browser.problems == ["Enter the ODS code of an open organisation, like A82001"]
    assert 'href="#other"' in browser.text
    assert browser.form("Continue").fields["other"] == "NOWHERE"


def test_more_than_are_moved_at_once(closed: World, commissioner: Browser) -> None:
    """Nobody is left out without a word, and the ticks stay as they were."""
    closed.person("fay.dogger@nhs.net", (CLOSED, Role.PROVIDER_FINANCE), first="Fay", last="Aground")
    browser = commissioner.open(f"/providers/{CLOSED}/people?to={SINGLE}")
    browser.send("Confirm", chosen=[f"provider-user {number}" for number in range(201)])
    assert browser.problems == ["Tick 200 people or fewer"]
    assert 'href="#chosen-1"' in browser.text
    assert "chosen" not in browser.form("Confirm").fields
    assert closed.request_of("fay.dogger@nhs.net") is None


def test_who_was_unticked_stays_so_on_the_way_to_a_second_factor(database: str) -> None:
    """It is asked for before the page too. Keycloak is away here: neither gets further than to it."""
    world = build_places(database, CQRS_SECOND_FACTOR="demanded")
    for name in ("ann", "ben"):
        world.person(f"{name}.viking@nhs.net", ("P003", Role.PROVIDER_USER), first=name.title())
    world.directory.change("P003", status=OrganisationStatus.CLOSED)
    world.mirror_organisation("P003")
    desk = world.person(f"{uuid4()}@desk.example", ("", Role.SERVICE_DESK))
    kept = {"second_factor_at": world.clock().isoformat()}
    browser = world.browser(desk, world.holding("", Role.SERVICE_DESK), **kept)
    address = f"/providers/P003/people?to={SINGLE}"
    ticked = browser.open(address).form("Confirm").fields["chosen"]
    assert len(ticked) == 2
    world.clock.move(timedelta(minutes=30))
    browser.send("Confirm", chosen=ticked[:1])
    assert browser.status == 503
    assert browser.open(address).status == 503
    world.clock.move(-timedelta(minutes=30))
    assert browser.open(address).form("Confirm").fields["chosen"] == ticked[0]
    browser.send("Confirm")
    assert browser.heading == "What became of each"
    assert browser.open(address).form("Confirm").fields["chosen"] == ticked[1]


def test_nothing_ticked_or_nothing_chosen(commissioner: Browser) -> None:
    browser = commissioner.open(f"/providers/{CLOSED}/people?to={MULTI}")
    token = browser.open("/notifications").text.split('name="csrf_token" value="')[1].split('"')[0]
    address = f"/providers/{CLOSED}/people"
    post = commissioner.client.post
    assert post(address, data={"csrf_token": token}).status_code == 400
    data = {"csrf_token": token, "chosen": ["x", "provider-user "]}
    assert post(f"{address}?to={SINGLE}", data=data).status_code == 303
    assert browser.open(f"{address}?to={SINGLE}").problems == ["Tick at least one person"]


def test_of_no_open_provider_and_for_nobody_else(closed: World, commissioner: Browser) -> None:
    assert commissioner.open(f"/providers/{SINGLE}/people").status == 403
    assert commissioner.open("/providers/P003/people").status == 403
    assert commissioner.open("/providers/P999/people").status == 404
    other = acting(closed, "B01", Role.COMMISSIONER_APPROVER)
    assert other.open(f"/providers/{CLOSED}/people").status == 403
    assert "Del Dogger" not in other.text


def test_the_service_desk_finds_those_who_are_left(closed: World) -> None:
    """ORG-5, ORG-6: also of a commissioner that has closed, from the list of people with no open one."""
    closed.person("cora@icb.example", ("B01", Role.COMMISSIONER_USER), first="Cora", last="Closed")
    closed.directory.change("B01", status=OrganisationStatus.CLOSED)
    closed.mirror_organisation("B01")
    browser = acting(closed, "", Role.SERVICE_DESK).open("/service-desk/people-with-no-open-organisation")
    browser.follow("Place B (B01)")
    assert browser.heading == "Where the people of Place B go"
    browser.send("Continue", other=SUB_ICB)
    browser.send("Confirm")
    assert "Commissioner User, Place A (A01)" in browser.said
    assert "Given. We will tell them." in browser.said
