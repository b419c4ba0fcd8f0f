"""What another of one's roles opens: the way there goes by the choice of role and comes back."""

from uuid import UUID, uuid4

import pytest

from directory.vocabulary import OrganisationType, Role
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

USER, COMMISSIONER = Role.PROVIDER_USER, Role.COMMISSIONER_APPROVER


@pytest.fixture(scope="module")
def asked(world: World) -> UUID:
    return world.open_request("another.role@nhs.net", first_name="Otto")


def acting_as_user(world: World, email: str, *more: tuple[str, Role]) -> Browser:
    """Somebody who is an approver too, but acts as a user of a practice."""
    person = world.person(email, (MULTI, USER), (SUB_ICB, COMMISSIONER), *more)
    return world.browser(person, world.holding(MULTI, USER))


def close_a_commissioner(world: World) -> None:
    world.directory.place("33Z", "Nowhere West", OrganisationType.SUB_ICB, "QA1")
    world.directory.change("33Z", status="closed")
    world.mirror_organisation("33Z")


def test_a_notice_about_a_request_for_another_role(world: World, asked: UUID) -> None:
    """NOT-1, AUT-5: Review says which role is missing; having changed it one is at the request."""
    email = "two.hats@nhs.net"
    browser = acting_as_user(world, email)
    person = world.directory.person_by_email(email)
    assert person
    world.notice(person, "Otto Asker", request_id=asked)
    browser.open("/notifications").send("Review")
    assert browser.status == 403
    browser.follow("change role").send("Confirm", role=f"{SUB_ICB}:{COMMISSIONER.value}")
    assert browser.path == f"/requests/{asked}"
    assert browser.heading == "Otto Asker"
    assert "Place A" in browser.text


def test_the_way_back_outlasts_a_search_among_many_roles(world: World, asked: UUID) -> None:
    """AUT-5: filtering the list of roles, going through its pages, and answering wrongly first."""
    codes = [f"M81{number:03}" for number in range(25)]
    for code in codes:
        world.directory.place(code, f"Malin Practice {code}")
        world.mirror_organisation(code)
    browser = acting_as_user(world, "many.hats@nhs.net", *[(code, USER) for code in codes])
    browser.open(f"/requests/{asked}").follow("change role").follow("Next page")
    browser.send("Filter", q=SUB_ICB).send("Confirm", role="nonsense")
    browser.send("Confirm", role=f"{SUB_ICB}:{COMMISSIONER.value}")
    assert browser.path == f"/requests/{asked}"


def test_a_page_of_another_role(world: World) -> None:
    """AUT-5: with what was asked of it."""
    browser = acting_as_user(world, "page.hats@nhs.net").open("/users?q=otto&size=20")
    assert browser.status == 403
    browser.follow("Change role").send("Confirm", role=f"{SUB_ICB}:{COMMISSIONER.value}")
    assert browser.path == "/users?q=otto&size=20"


@pytest.mark.parametrize("link", ["change role", "Change role"])
def test_both_links_lead_back(world: World, asked: UUID, link: str) -> None:
    """AUT-5: the page's own and the header's."""
    browser = acting_as_user(world, f"{uuid4()}@nhs.net").open(f"/requests/{asked}")
    browser.follow(link).send("Confirm", role=f"{SUB_ICB}:{COMMISSIONER.value}")
    assert browser.path == f"/requests/{asked}"


def test_the_header_leads_home_from_any_other_page(world: World) -> None:
    """AUT-5: what the new role opens begins at Home."""
    browser = acting_as_user(world, "home.hats@nhs.net").open("/profile").follow("Change role")
    assert browser.send("Confirm", role=f"{SUB_ICB}:{COMMISSIONER.value}").path == "/home"


def test_a_role_at_a_closed_organisation(world: World) -> None:
    """ORG-5: another role opens the page that was shut in this one."""
    close_a_commissioner(world)
    person = world.person("shut.hats@nhs.net", (SUB_ICB, COMMISSIONER), (SINGLE, USER), ("33Z", COMMISSIONER))
    browser = world.browser(person, world.holding("33Z", COMMISSIONER)).open("/requests")
    assert browser.status == 403
    browser.follow("change role").send("Confirm", role=f"{SUB_ICB}:{COMMISSIONER.value}")
    assert browser.path == "/requests"


@pytest.mark.parametrize(
    "after", ["//evil.example/", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_only_pages_of_ours_are_come_back_to(world: World, after: str) -> None:
    """AUT-5: a link made by somebody else leads Home."""
    browser = acting_as_user(world, "lured.hats@nhs.net")
    form = browser.open("/role").form("Confirm").fields | {"role": f"{SUB_ICB}:{COMMISSIONER.value}"}
    answer = browser.client.post("/role", query_string={"next": after}, data=form)
    assert answer.headers["Location"] == "/home"
