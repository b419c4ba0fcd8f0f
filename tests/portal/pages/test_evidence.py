"""What is shown beside a request, to whom, and who sees a request that another decides."""

from uuid import uuid4

import pytest

from directory.vocabulary import Role
from portal.model.requests import RequestState
from tests.support.builders.world import ICB, MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

TIER_1, TIER_2 = Role.COMMISSIONER_USER, Role.COMMISSIONER_APPROVER
USER, APPROVER = Role.PROVIDER_USER, Role.PROVIDER_APPROVER
ELSEWHERE = "44E"


@pytest.fixture(autouse=True)
def elsewhere(world: World) -> None:
    """A practice that none of these approvers stands over."""
    world.directory.place(ELSEWHERE, "Secret Surgery")
    world.mirror_organisation(ELSEWHERE)


def acting(world: World, code: str, role: Role) -> Browser:
    person = world.person(f"{uuid4()}@nhs.net", (code, role), first="Kim")
    return world.browser(person, world.holding(code, role))


def applicant(world: World, *held: tuple[str, Role]) -> str:
    """The e-mail address of somebody with these roles."""
    return world.person(f"{uuid4()}@nhs.net", *held, first="Jo", last="Asker").email


def rejected_elsewhere(world: World, email: str) -> None:
    world.open_request(
        email,
        ELSEWHERE,
        state=RequestState.REJECTED,
        decided_at=world.clock(),
        decided_by_name="Pat Foreigner",
        decision_reason="Under investigation",
    )


def test_the_affairs_of_other_organisations_are_told_by_number(world: World) -> None:
    """APR-3: neither where somebody holds a role or was rejected, nor by whom, nor why."""
    email = applicant(world, (ELSEWHERE, USER), (SINGLE, Role.PROVIDER_FINANCE))
    rejected_elsewhere(world, email)
    asked = world.open_request(email)
    said = acting(world, SUB_ICB, TIER_2).open(f"/requests/{asked}").said
    assert "Roles they hold now: Provider Finance, Fair Isle Surgery" in said
    assert "They hold 1 other role elsewhere." in said
    assert "1 request was rejected elsewhere." in said
    for secret in ("Secret Surgery", "Pat Foreigner", "Under investigation"):
        assert secret not in said


def test_the_service_desk_sees_all_of_it(world: World) -> None:
    """ROL-2: they stand over everybody."""
    email = applicant(world, (ELSEWHERE, USER))
    rejected_elsewhere(world, email)
    desk = world.browser(world.person(f"{uuid4()}@nhs.net", ("", Role.SERVICE_DESK)))
    said = desk.open(f"/requests/{world.open_request(email)}").said
    for words in ("Secret Surgery", "Pat Foreigner", "Under investigation"):
        assert words in said
    assert "elsewhere" not in said


def test_both_tiers_are_warned_of_before_either_is_held(world: World) -> None:
    """Asked for at once, by one person."""
    email = applicant(world)
    first, second = world.open_request(email, SUB_ICB, TIER_1), world.open_request(email, SUB_ICB, TIER_2)
    browser = acting(world, SUB_ICB, TIER_2)
    assert "This person also asks for Commissioner Approver" in browser.open(f"/requests/{first}").said
    assert "This person also asks for Commissioner User" in browser.open(f"/requests/{second}").said


def test_warnings_are_shown_before_several_are_approved(world: World) -> None:
    """APR-7: beside the request that they are about, and no other."""
    shared = world.open_request(f"reception@{uuid4()}.example", first_name="Front")
    fine = world.open_request(f"jo.bell@{uuid4()}.example", first_name="Jo")
    browser = acting(world, SUB_ICB, TIER_2).open("/requests?size=100")
    browser.send("Approve ticked requests", chosen=[str(shared), str(fine)])
    assert browser.heading == "Confirm that you approve 2 requests"
    assert browser.said.count("looks like a mailbox that several people read") == 1


def test_a_commissioner_sees_what_a_practices_own_approver_decides(world: World) -> None:
    """USR-1, APR-2: View in the users list leads to it, with whom it is and without a form."""
    world.person(f"{uuid4()}@nhs.net", (MULTI, APPROVER))
    asked = world.open_request(f"{uuid4()}@nhs.net", MULTI, first_name="Theirs")
    browser = acting(world, SUB_ICB, TIER_2).open(f"/requests/{asked}")
    assert browser.heading == "Theirs Asker"
    assert "This request is waiting for the Provider Approver of Cromarty Medical" in browser.said
    assert "What we know" not in browser.said
    assert "Continue" not in browser.said


def test_a_practices_approver_sees_who_asks_to_be_one(world: World) -> None:
    """USR-1, APR-2: their commissioner decides it."""
    asked = world.open_request(f"{uuid4()}@nhs.net", MULTI, APPROVER, first_name="Next")
    world.person(f"{uuid4()}@nhs.net", (SUB_ICB, TIER_2))
    browser = acting(world, MULTI, APPROVER).open(f"/requests/{asked}")
    assert "This request is waiting for the Commissioner Approver of Place A" in browser.said
    assert "Continue" not in browser.said


@pytest.mark.parametrize(("code", "role"), [(ELSEWHERE, APPROVER), (SINGLE, USER), (ICB, TIER_1)])
def test_others_do_not_see_it(world: World, code: str, role: Role) -> None:
    """USR-1: an approver elsewhere, and those who stand over nobody."""
    asked = world.open_request(f"{uuid4()}@nhs.net", MULTI)
    assert acting(world, code, role).open(f"/requests/{asked}").status == 403
