"""Pages when the mirror is behind: the follower has stopped, or Keycloak doesn't answer."""

from uuid import uuid4

import pytest

from directory.vocabulary import Person, Role
from tests.support.builders.world import SINGLE, SUB_ICB, World
from tests.support.fakes.faults import Fault
from tests.support.pages.browser import Browser

COMMISSIONER, DESK = (SUB_ICB, Role.COMMISSIONER_APPROVER), ("", Role.SERVICE_DESK)


def signed_in(world: World, held: tuple[str, Role]) -> tuple[Person, Browser]:
    person = world.person(f"{uuid4()}@nhs.net", held)
    return person, world.browser(person, world.holding(*held))


@pytest.mark.parametrize(
    "path", ["/service-desk/audit", "/service-desk/audit/audit.csv", "/users", "/requests"]
)
def test_the_disabled_see_nothing_from_that_moment(world: World, path: str) -> None:
    """ROL-3, AUT-6: whatever their open session and the mirror say; the session ends."""
    person, browser = signed_in(world, DESK)
    assert browser.client.get(path).status_code == 200
    world.directory.disable(person.id)
    for _ in range(2):
        answer = browser.client.get(path)
        assert answer.status_code == 303
        assert "/sign" in answer.headers["Location"]


@pytest.mark.parametrize("path", ["/users", "/requests", "/providers", f"/providers/{SINGLE}"])
def test_the_locked_go_on(world: World, path: str) -> None:
    """ROL-3: a lock closes sign-in and nothing else; their session was signed in before."""
    person, browser = signed_in(world, COMMISSIONER)
    world.directory.lock(person.id)
    assert browser.open(path).status == 200


def test_a_role_taken_away_shows_nothing_from_that_moment(world: World) -> None:
    """ROL-3: in the console, a moment ago."""
    person, browser = signed_in(world, COMMISSIONER)
    place = world.directory.organisation(SUB_ICB)
    world.directory.remove(person.id, place, Role.COMMISSIONER_APPROVER)
    assert browser.client.get("/users").status_code == 303


def test_nothing_ticked_is_named_to_somebody_whose_role_was_taken(world: World) -> None:
    """ROL-3, APR-7: the page that names those ticked comes by POST, and asks Keycloak all the same."""
    person, browser = signed_in(world, COMMISSIONER)
    asked = world.open_request(f"{uuid4()}@nhs.net", first_name="Named")
    browser.open("/requests?size=100")
    world.directory.remove(person.id, world.directory.organisation(SUB_ICB), Role.COMMISSIONER_APPROVER)
    browser.send("Approve ticked requests", chosen=[str(asked)])
    assert browser.status == 403
    assert "Named" not in browser.said


def test_while_keycloak_is_away_pages_go_by_the_mirror(world: World) -> None:
    """APR-4: what was decided is still to be seen, and nothing can be done."""
    _person, browser = signed_in(world, COMMISSIONER)
    world.directory.go_wrong(Fault.unavailable())
    assert browser.open("/users").status == 200
    assert world.directory.faults_left == 0
