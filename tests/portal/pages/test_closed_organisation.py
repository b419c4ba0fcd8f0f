"""What the people of a closed organisation see: Home and their profile, and that it has closed."""

from collections.abc import Iterator

import pytest

from directory.vocabulary import Role
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

COMMISSIONER, APPROVER, USER = Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER, Role.PROVIDER_USER
CLOSED = "This organisation has closed"
SHUT = (
    "/requests",
    "/users",
    "/providers",
    f"/providers/{SINGLE}",
    f"/providers/{SINGLE}/level",
)


def set_status(world: World, code: str, status: str, seen: bool = True) -> None:
    """In Keycloak, and in the mirror when the follower has come by."""
    world.directory.change(code, status=status)
    if seen:
        world.mirror_organisation(code)


@pytest.fixture
def closed(world: World) -> Iterator[World]:
    """The sub-ICB location has closed; its practices still lie below it."""
    set_status(world, SUB_ICB, "closed")
    yield world
    set_status(world, SUB_ICB, "open")


def carol(world: World, *more: tuple[str, Role]) -> Browser:
    person = world.person(f"carol{len(more)}@nhs.net", (SUB_ICB, COMMISSIONER), *more)
    return world.browser(person, world.holding(SUB_ICB, COMMISSIONER))


@pytest.mark.parametrize("path", SHUT)
def test_its_pages_are_shut(closed: World, path: str) -> None:
    """ORG-5: with a page that says why, and what to do."""
    browser = carol(closed).open(path)
    assert (browser.status, browser.heading) == (403, CLOSED)
    assert "Commissioner Approver, Place A" in browser.said
    assert browser.follow("request access from My profile").heading == "My profile"


def test_home_says_so_and_offers_nothing_of_the_role(closed: World) -> None:
    """ORG-5: told at sign-in; nothing is counted that they may not see."""
    closed.open_request("waits@home.example")
    browser = carol(closed).open("/home")
    assert browser.status == 200
    assert CLOSED in browser.said
    titles = {link.text.strip() for link in browser.page.iter("a") if link.text}
    assert {"Notifications", "My profile"} <= titles
    assert not titles & {"Users", "Providers", "Requests", "Requests (1 waiting)"}
    for path in ("/profile", "/profile/roles", "/notifications"):
        assert browser.open(path).status == 200, path


def test_another_role_may_be_chosen_and_works(closed: World) -> None:
    """AUT-5, ORG-5: the list says which has closed; the powers of the other role are whole."""
    browser = carol(closed, (MULTI, APPROVER)).open("/requests")
    browser.follow("change role")
    assert f"Commissioner Approver, {SUB_ICB}, ICB A. This organisation has closed." in browser.said
    assert f"Provider Approver, {MULTI}. This" not in browser.said
    browser.send("Confirm", role=f"{MULTI}:{APPROVER.value}")
    assert CLOSED not in browser.said
    assert browser.open("/requests").heading == "Requests"
    assert "Organisation closed" in browser.open("/profile/roles").said


def test_what_was_open_before_the_mirror_knows_is_refused(world: World) -> None:
    """ORG-5: the act looks in Keycloak: reviewing, deciding one or several, and switching a level."""
    first, second = (world.open_request(f"{name}@early.example") for name in ("one", "two"))
    browser = carol(world).open(f"/requests/{first}").send("Continue", decision="reject", reason="No")
    queue = carol(world).open("/requests").send("Approve ticked requests", chosen=[str(second)])
    set_status(world, SUB_ICB, "closed", seen=False)
    try:
        assert (browser.send("Confirm").status, browser.heading) == (403, CLOSED)
        assert (browser.open(f"/requests/{first}").status, browser.heading) == (403, CLOSED)
        assert "has closed, so the role has no powers" in queue.send("Confirm", chosen=[str(second)]).said
        assert (browser.open(f"/providers/{SINGLE}/level").status, browser.heading) == (403, CLOSED)
        assert world.request(first).is_open
        assert world.request(second).is_open
    finally:
        set_status(world, SUB_ICB, "open")


@pytest.mark.parametrize("status", ["dormant", "proposed"])
def test_one_that_is_only_not_open_keeps_its_powers(world: World, status: str) -> None:
    """ORG-5: a closure alone takes them."""
    set_status(world, SUB_ICB, status)
    try:
        assert carol(world).open("/requests").heading == "Requests"
        assert CLOSED not in carol(world).open("/home").said
    finally:
        set_status(world, SUB_ICB, "open")


def test_the_service_desk_goes_on(closed: World) -> None:
    """ORG-5: what is held everywhere can't close."""
    desk = closed.person("desk.closed@nhs.net", ("", Role.SERVICE_DESK))
    browser = closed.browser(desk).open("/requests")
    assert browser.heading == "Requests"
    assert closed.browser(desk).open(f"/providers/{SINGLE}").status == 200


def test_a_user_of_a_closed_practice_is_told_too(world: World) -> None:
    """ORG-5: no powers to lose, and the same words."""
    user = world.person("una.closed@nhs.net", ("P004", USER))
    set_status(world, "P004", "closed")
    try:
        assert CLOSED in world.browser(user).open("/home").said
    finally:
        set_status(world, "P004", "open")
