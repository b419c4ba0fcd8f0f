"""The pages that say where the people of a closed provider go."""

import pytest

from directory.vocabulary import OrganisationStatus, Role
from tests.portal.pages.test_closed_providers import acting
from tests.support.builders.world import CLOSED, MULTI, SINGLE, SUB_ICB, World
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
    assert "Enter the ODS code of an open organisation" in browser.said


def test_nothing_ticked_or_nothing_chosen(commissioner: Browser) -> None:
    browser = commissioner.open(f"/providers/{CLOSED}/people?to={MULTI}")
    token = browser.open("/notifications").text.split('name="csrf_token" value="')[1].split('"')[0]
    address = f"/providers/{CLOSED}/people"
    post = commissioner.client.post
    assert post(address, data={"csrf_token": token}).status_code == 400
    data = {"csrf_token": token, "chosen": ["x", "provider-user "]}
    assert post(f"{address}?to={SINGLE}", data=data).status_code == 303
    assert "Tick at least one person" in browser.open(f"{address}?to={SINGLE}").said


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
