"""A closed provider: its facts for its commissioner, its people for the Service Desk alone."""

import pytest

from directory.vocabulary import OrganisationStatus, Role
from tests.support.builders.world import CLOSED, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

CLOSURE = "This provider has closed."


@pytest.fixture(scope="module")
def closed(world: World) -> World:
    """Dogger Practice has closed, and somebody still holds a role there."""
    world.person("del.dogger@nhs.net", (CLOSED, Role.PROVIDER_USER), first="Del", last="Dogger")
    world.directory.change(CLOSED, status=OrganisationStatus.CLOSED)
    world.mirror_organisation(CLOSED)
    return world


def acting(world: World, code: str, role: Role) -> Browser:
    person = world.person(f"{role.value}@closed.example", (code, role))
    return world.browser(person, world.holding(code, role))


@pytest.fixture
def commissioner(closed: World) -> Browser:
    return acting(closed, SUB_ICB, Role.COMMISSIONER_APPROVER)


@pytest.fixture
def desk(closed: World) -> Browser:
    return acting(closed, "", Role.SERVICE_DESK)


def test_its_commissioner_sees_its_facts(commissioner: Browser) -> None:
    """ORG-5: that it has closed and whom to ask; nobody's name, no link, no approval level to change."""
    browser = commissioner.open("/providers?closed=yes")
    browser.follow("View Dogger Practice")
    assert browser.heading == "Dogger Practice"
    assert CLOSURE in browser.said
    assert "The service desk looks after the people who had a role here." in browser.said
    assert "Place A" in browser.said
    for kept_back in ("Del Dogger", "del.dogger@nhs.net", "/register?organisation", "Multi-level approval"):
        assert kept_back not in browser.text


def test_its_level_cannot_be_changed(commissioner: Browser) -> None:
    """ORG-3, ORG-5: by a form that was open before, and by the address of its confirmation."""
    token = commissioner.open(f"/providers/{SINGLE}").form("Continue").fields["csrf_token"]
    answer = commissioner.client.post(f"/providers/{CLOSED}", data={"csrf_token": token, "multi": "y"})
    assert answer.status_code == 200
    assert CLOSURE in answer.get_data(as_text=True)
    assert commissioner.open(f"/providers/{CLOSED}/level").status == 403
    assert "Dogger" not in commissioner.said


def test_the_service_desk_looks_after_its_people(desk: Browser) -> None:
    """ORG-5: they are at its page, without a link to register."""
    browser = desk.open(f"/providers/{CLOSED}")
    assert "Del Dogger" in browser.said
    assert "del.dogger@nhs.net" in browser.said
    assert "/register?organisation" not in browser.text


@pytest.mark.parametrize("who", ["commissioner", "desk"])
def test_no_link_is_handed_out(who: str, request: pytest.FixtureRequest) -> None:
    """REG-5, ORG-5: nobody can register there, so the page says so; the file leaves it out."""
    browser: Browser = request.getfixturevalue(who)
    browser.open(f"/providers/links?chosen={SINGLE}&chosen={CLOSED}")
    assert f"/register?organisation={SINGLE}" in browser.text
    assert f"/register?organisation={CLOSED}" not in browser.text
    assert f"There is no link for Dogger Practice ({CLOSED}): it takes no new requests." in browser.said
    text = browser.client.get(f"/providers/links.csv?chosen={SINGLE}&chosen={CLOSED}").get_data(as_text=True)
    assert [row.partition(",")[0] for row in text.splitlines()] == ["\ufeffODS code", SINGLE]


def test_there_is_nothing_to_tick(commissioner: Browser) -> None:
    """ORG-5: open providers have a box on the list, closed ones have none."""
    browser = commissioner.open("/providers?closed=yes&size=100")
    boxes = [one.get("value") for one in browser.page.iter("input") if one.get("name") == "chosen"]
    assert SINGLE in boxes
    assert CLOSED not in boxes
