"""An approver whose role stands over nobody sees nobody, and why."""

from uuid import uuid4

import pytest

from directory.vocabulary import ApprovalLevel, Role
from tests.support.builders.world import MULTI, REGION, SINGLE, World
from tests.support.pages.browser import Browser

APPROVER = Role.PROVIDER_APPROVER


def acting(world: World, code: str, role: Role = APPROVER) -> Browser:
    person = world.person(f"{uuid4()}@nhs.net", (code, role), first="Lee", last="Leftover")
    return world.browser(person, world.holding(code, role))


@pytest.mark.parametrize("path", ["/users", "/users?q=wendy&page=2&status=active", "/requests"])
def test_at_a_single_level_provider(world: World, path: str) -> None:
    """USR-1, ROL-2: a Provider Approver made there in the console sees no people, no requests, and why."""
    world.person(f"{uuid4()}@nhs.net", (SINGLE, Role.PROVIDER_USER), first="Wendy")
    world.open_request(f"{uuid4()}@nhs.net", first_name="Wanda")
    browser = acting(world, SINGLE).open(path)
    assert browser.status == 200
    assert "This provider is single-level: its commissioner decides." in browser.said
    assert "the role Provider Approver at Fair Isle Surgery shows no users and no requests" in browser.said
    assert not {"Wendy", "Wanda"} & set(browser.said.split())
    browser.follow("My profile")
    assert browser.heading == "My profile"


def test_home_counts_nothing_there(world: World) -> None:
    """APR-2: no number beside Requests, for none is theirs."""
    world.open_request(f"{uuid4()}@nhs.net")
    said = acting(world, SINGLE).open("/home").said
    assert "Requests" in said
    assert "waiting)" not in said


def test_a_level_switched_in_the_console(world: World) -> None:
    """SYN-7, USR-1: what is seen follows the level at once, both ways."""
    world.person(f"{uuid4()}@nhs.net", (MULTI, Role.PROVIDER_USER), first="Mina")
    asked = world.open_request(f"{uuid4()}@nhs.net", MULTI, first_name="Mo")
    browser = acting(world, MULTI)
    assert "Mina" in browser.open("/users").said
    token = browser.open("/requests").form("Approve ticked requests").fields["csrf_token"]
    world.directory.change(MULTI, approval_level=ApprovalLevel.SINGLE)
    world.mirror_organisation(MULTI)
    assert "single-level" in browser.open("/users").said
    assert "Mina" not in browser.text
    for path in ("/requests/approve", "/requests/approved"):
        ticked = {"csrf_token": token, "chosen": [str(asked)]}
        answer = browser.client.post(path, data=ticked, follow_redirects=True)
        assert "Mo Asker" not in answer.get_data(as_text=True), path
    assert world.request(asked).is_open
    world.directory.change(MULTI, approval_level=ApprovalLevel.MULTI)
    world.mirror_organisation(MULTI)
    assert "Mina" in browser.open("/users").said


def test_a_commissioners_role_at_a_region(world: World) -> None:
    """ROL-2: a region commissions nothing."""
    browser = acting(world, REGION, Role.COMMISSIONER_APPROVER).open("/users")
    assert "Your role does not reach this organisation." in browser.said
