"""The list of requests that wait, and approving several together."""

from uuid import uuid4

from directory.vocabulary import Role
from portal.model.requests import RequestState
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

ROLE = Role.COMMISSIONER_APPROVER


def at_queue(world: World) -> Browser:
    person = world.person(f"{uuid4()}@icb.nhs.uk", (SUB_ICB, ROLE), first="Kim")
    return world.browser(person, world.holding(SUB_ICB, ROLE)).open("/requests")


def test_what_waits_is_listed_and_counted_at_home(world: World) -> None:
    """APR-2: whoever may decide sees it."""
    world.open_request("q1@nhs.net", first_name="Quentin")
    browser = at_queue(world)
    assert "Quentin Asker" in browser.said
    assert "Requests (" in browser.open("/home").said


def test_nothing_ticked(world: World) -> None:
    browser = at_queue(world).send("Approve ticked requests")
    assert browser.problems == ["Tick at least one request to approve"]


def test_several_at_once_each_judged_singly(world: World) -> None:
    """APR-7: one is approved, one was decided by another meanwhile, one left to its own approver."""
    world.person("pa@nhs.net", (MULTI, Role.PROVIDER_APPROVER))
    mine, taken = (
        world.open_request("q2@nhs.net", first_name="Mine"),
        world.open_request("q3@nhs.net", first_name="Taken"),
    )
    not_mine = world.open_request("q4@nhs.net", MULTI, first_name="Theirs")
    browser = at_queue(world)
    ticked = [str(mine), str(taken), str(not_mine)]
    browser.send("Approve ticked requests", chosen=ticked)
    assert browser.heading == "Confirm that you approve 3 requests"
    other = world.person("other.desk@nhs.net", ("", Role.SERVICE_DESK), first="Sam")
    desk = world.browser(other).open(f"/requests/{taken}")
    desk.send("Continue", decision="reject", reason="Twice").send("Confirm")
    browser.send("Confirm", chosen=ticked)
    assert browser.heading == "1 of 3 approved"
    assert "Already rejected by Sam Example on" in browser.said
    assert "This provider has an active Provider Approver, who decides." in browser.said
    assert world.request(mine).state is RequestState.APPROVED
    assert world.request(not_mine).state is RequestState.OPEN


def test_a_forged_tick_shows_and_does_nothing(world: World) -> None:
    """An id from elsewhere names nobody, and what is no id is left out."""
    world.directory.place("33Z", "Elsewhere")
    world.mirror_organisation("33Z")
    foreign = world.open_request("q5@nhs.net", "33Z", first_name="Foreigner")
    world.open_request("q6@nhs.net", SINGLE)
    browser = at_queue(world).send("Approve ticked requests", chosen=[str(foreign), "x", str(uuid4())])
    assert "Foreigner" not in browser.text
    token = browser.form("Approve ticked requests").fields["csrf_token"]
    answer = browser.client.post("/requests/approved", data={"csrf_token": token, "chosen": [str(foreign)]})
    assert "Foreigner" not in answer.get_data(as_text=True)
    assert world.request(foreign).state is RequestState.OPEN


def test_search_and_pages(world: World) -> None:
    for number in range(12):
        world.open_request(f"page{number}@nhs.net", first_name=f"Pager{number}")
    browser = at_queue(world)
    assert "Showing 1 to 10 of" in browser.said
    assert browser.open("/requests?page=2").said.count("Review") > 0
    assert browser.open("/requests?q=pager7").said.count("Review") == 1
    assert browser.open("/requests?page=999999&size=7").status == 200
