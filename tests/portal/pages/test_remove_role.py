"""Removing a role: from the lists, over the confirmation, to the message; and what is refused."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from directory.vocabulary import ApprovalLevel, OrganisationType, Person, Role
from portal.model import AuditEntry, AuditKind
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import CLOSED, ICB, MULTI, SINGLE, SUB_ICB, World
from tests.support.fakes.faults import Fault
from tests.support.pages.browser import Browser

ELSEWHERE = "44X"
COMMISSIONER, APPROVER, USER = Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER, Role.PROVIDER_USER


def somebody(world: World, *held: tuple[str, Role], first: str = "Kim", last: str = "Example") -> Person:
    return world.person(f"{uuid4()}@nhs.net", *held, first=first, last=last)


def acting(world: World, code: str, role: Role) -> Browser:
    return world.browser(somebody(world, (code, role)), world.holding(code, role))


def board(world: World, code: str) -> None:
    """An ICB that stands alone."""
    world.directory.place(code, f"Board {code}", OrganisationType.ICB)
    world.mirror_organisation(code)


def path(person: Person, code: str, role: Role | None = None) -> str:
    return f"/users/{person.id}/roles/{code}/remove" + (f"/{role.value}" if role else "")


def roles(world: World, person: Person) -> set[Role]:
    return {holding.role for holding in world.directory.standing(person.id).holdings}


def asked_for(world: World, person: Person) -> int:
    with world.sessions() as db:
        found = db.query(AuditEntry).filter_by(subject=person.id, kind=AuditKind.ROLE_REMOVAL_ASKED)
        return found.count()


def test_from_the_users_list(world: World) -> None:
    """ROL-4: the link, the only role named, confirmed, and back at the same search."""
    una = somebody(world, (SINGLE, USER), first="Una", last="Listed")
    browser = acting(world, SUB_ICB, COMMISSIONER).open("/users?q=una&status=active")
    browser.follow("Remove a role from Una Listed at Fair Isle Surgery")
    assert browser.heading == "Confirm that you remove this role"
    for fact in ("Una Listed", una.email, f"Fair Isle Surgery ({SINGLE})", "Provider User"):
        assert fact in browser.said
    assert "It is their only role." in browser.said
    assert "Nobody else approves there" not in browser.said
    assert roles(world, una) == {USER}
    browser.send("Remove role")
    assert "Una Listed is no longer Provider User at Fair Isle Surgery." in browser.said
    assert browser.path == "/users?q=una&status=active"
    assert "Una Listed at" not in browser.text
    assert roles(world, una) == set()


def test_one_of_several_roles(world: World) -> None:
    """ROL-4: which one is asked; the others stay."""
    una = somebody(world, (SINGLE, USER), (SINGLE, Role.PROVIDER_FINANCE), first="Una", last="Several")
    browser = acting(world, SUB_ICB, COMMISSIONER).open(path(una, SINGLE))
    assert browser.heading == "Remove a role from Una Several"
    browser.send("Continue")
    assert browser.problems == ["Select the role to remove"]
    browser.send("Continue", role="provider-finance")
    assert browser.heading == "Confirm that you remove this role"
    assert "Their account and their other role stay" in browser.said
    browser.send("Remove role")
    assert "Una Several is no longer Provider Finance at Fair Isle Surgery." in browser.said
    assert roles(world, una) == {USER}
    audit = acting(world, "", Role.SERVICE_DESK).open(f"/service-desk/audit?person={una.id}").said
    assert "Before: roles: Provider Finance, Provider User" in audit
    assert "Removed by Kim Example" in audit


def test_a_role_that_is_not_one(world: World) -> None:
    una = somebody(world, (SINGLE, USER), (SINGLE, Role.PROVIDER_FINANCE))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(path(una, SINGLE))
    assert browser.send("Continue", role="king").problems == ["Select the role to remove"]
    assert browser.open(path(una, SINGLE) + "/king").status == 404


def test_from_the_provider(world: World) -> None:
    """ORG-4, ROL-4: its people, each role by itself, and back there."""
    somebody(world, (MULTI, USER), first="Una", last="Provided")
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/providers/{MULTI}")
    browser.follow("Remove role Provider User from Una Provided")
    browser.send("Remove role")
    assert "Una Provided is no longer Provider User at Cromarty Medical." in browser.said
    assert browser.path == f"/providers/{MULTI}"


def test_a_next_page_elsewhere_is_not_followed(world: World) -> None:
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER)
    browser.open(path(una, SINGLE, USER) + "?next=//elsewhere.example/").send("Remove role")
    assert browser.path == "/users"


def test_nothing_is_offered_that_would_be_refused(world: World) -> None:
    """ROL-3: not on oneself, not on those with a role above, not on those with one elsewhere."""
    first = somebody(world, (MULTI, APPROVER), first="Pam", last="Offered")
    somebody(world, (MULTI, APPROVER), first="Paul", last="Offered")
    somebody(world, (MULTI, USER), first="Una", last="Offered")
    somebody(world, (MULTI, USER), (SINGLE, USER), first="Ursula", last="Offered")
    browser = world.browser(first, world.holding(MULTI, APPROVER)).open("/users?q=offered")
    assert browser.text.count("Offered") > 4
    assert browser.text.count("Remove a role") == 1
    browser.follow("Remove a role from Una Offered at Cromarty Medical")
    assert browser.heading == "Confirm that you remove this role"


@pytest.mark.parametrize(
    ("code", "role"),
    [
        (SINGLE, USER),
        (SINGLE, Role.PROVIDER_FINANCE),
        (SUB_ICB, Role.COMMISSIONER_USER),
        (SUB_ICB, Role.COMMISSIONER_FINANCE),
        (ICB, Role.ORGANISATION_ADMINISTRATOR),
        (ICB, Role.USER_ADMINISTRATOR),
        (ICB, Role.ADVANCED_USER_ADMINISTRATOR),
    ],
)
def test_roles_that_remove_nothing(world: World, code: str, role: Role) -> None:
    """ROL-2: the page doesn't open, and what is posted past it changes nothing."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, code, role)
    for address in (path(una, SINGLE), path(una, SINGLE, USER)):
        assert browser.open(address).status == 403
        assert "Your active role does not open this page" in browser.said
    assert post(browser, una, SINGLE, USER) == 403
    assert (roles(world, una), asked_for(world, una)) == ({USER}, 0)


@pytest.mark.parametrize(
    ("code", "role", "why"),
    [
        (MULTI, APPROVER, "Your role does not reach this organisation."),
        (ELSEWHERE, COMMISSIONER, "Your role does not reach this organisation."),
    ],
)
def test_approvers_of_elsewhere(world: World, code: str, role: Role, why: str) -> None:
    """ROL-2: they are told why."""
    if code == ELSEWHERE:
        board(world, code)
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, code, role)
    for address in (path(una, SINGLE), path(una, SINGLE, USER)):
        assert browser.open(address).status == 403
        assert why in browser.said
    assert post(browser, una, SINGLE, USER) == 403
    assert (roles(world, una), asked_for(world, una)) == ({USER}, 0)


def post(browser: Browser, person: Person, code: str, role: Role) -> int:
    """The status of a removal posted past the page."""
    token = browser.open("/profile").form("Sign out").fields["csrf_token"]
    form = {"csrf_token": token, "decides": ""}
    return browser.client.post(path(person, code, role), data=form).status_code


def test_nothing_of_ones_own(world: World) -> None:
    """ROL-3: in no role."""
    held = ((SINGLE, USER), (SUB_ICB, COMMISSIONER))
    person = somebody(world, *held)
    browser = world.browser(person, world.holding(SUB_ICB, COMMISSIONER))
    assert browser.open(path(person, SINGLE)).status == 403
    assert "change the access of, your own account" in browser.said
    assert post(browser, person, SINGLE, USER) == 403
    assert roles(world, person) == {USER, COMMISSIONER}


def test_a_double_click(world: World) -> None:
    """ROL-4: the second is told, and one removal is on record."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(path(una, SINGLE, USER))
    token = browser.form("Remove role").fields["csrf_token"]
    browser.send("Remove role")
    again = {"csrf_token": token, "decides": ""}
    browser._arrived(browser.client.post(path(una, SINGLE, USER), data=again, follow_redirects=True))
    assert browser.status == 200
    assert "The role was already removed" in browser.said
    assert asked_for(world, una) == 1


def test_what_is_gone(world: World) -> None:
    """The role, the person, the organisation: each with a page that says so."""
    una = somebody(world, (SINGLE, Role.PROVIDER_FINANCE))
    browser = acting(world, SUB_ICB, COMMISSIONER)
    assert browser.open(path(una, SINGLE, USER)).status == 409
    assert browser.heading == "This role is already gone"
    assert browser.open(path(una, MULTI)).status == 409
    assert browser.open(f"/users/{uuid4()}/roles/{SINGLE}/remove").status == 404
    assert browser.open(f"/users/{una.id}/roles/NOWHERE/remove").status == 404
    assert browser.open(f"/users/me/roles/{SINGLE}/remove").status == 404


def test_the_last_approver(world: World) -> None:
    """ROL-5: the warning says who decides from then on."""
    last = somebody(world, (MULTI, APPROVER), first="Lou", last="Last")
    for other in world.directory.holders(world.directory.organisation(MULTI), APPROVER):
        if other.person.id != last.id:
            world.directory.disable(other.person.id)
    browser = acting(world, SUB_ICB, COMMISSIONER).open(path(last, MULTI, APPROVER))
    assert "Nobody else approves there" in browser.said
    assert "Lou Last is the last active Provider Approver at Cromarty Medical." in browser.said
    assert f"the Commissioner Approvers of Place A ({SUB_ICB}) decide" in browser.said
    browser.send("Remove role")
    assert roles(world, last) == set()


def test_a_commissioners_last_approver(world: World) -> None:
    """ROL-5: with nobody above it is the Service Desk; and of the providers below, too."""
    board(world, "88X")
    last = somebody(world, ("88X", COMMISSIONER), first="Lou", last="Lonely")
    browser = acting(world, "", Role.SERVICE_DESK).open(path(last, "88X", COMMISSIONER))
    assert "From then on the service desk decides who gets access there, and at the service" in browser.said


def test_who_became_the_last_is_shown_again(world: World) -> None:
    """ROL-5: with the warning, and nothing is done before it is confirmed."""
    code = "G20001"
    world.directory.place(code, "Twice Practice", parent=SUB_ICB, approval_level=ApprovalLevel.MULTI)
    world.mirror_organisation(code)
    first, second = (somebody(world, (code, APPROVER), first=name) for name in ("Fay", "Sal"))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(path(first, code, APPROVER))
    assert "Nobody else approves there" not in browser.said
    world.directory.disable(second.id)
    browser.send("Remove role")
    assert "Who decides from then on has changed. Check this again." in browser.said
    assert "Nobody else approves there" in browser.said
    assert roles(world, first) == {APPROVER}
    browser.send("Remove role")
    assert roles(world, first) == set()


def test_at_a_closed_organisation_only_the_service_desk(world: World) -> None:
    """ORG-5: it has left every scope but theirs."""
    world.directory.change(CLOSED, status="closed")
    world.mirror_organisation(CLOSED)
    una = somebody(world, (CLOSED, USER))
    assert acting(world, SUB_ICB, COMMISSIONER).open(path(una, CLOSED)).status == 403
    acting(world, "", Role.SERVICE_DESK).open(path(una, CLOSED, USER)).send("Remove role")
    assert roles(world, una) == set()


def test_what_waits_is_shown_to_the_service_desk(world: World) -> None:
    """ROL-4, APR-4: Keycloak goes away between the judgement and the change; it is done when that is back."""
    una = somebody(world, (SINGLE, USER))
    browser, desk = acting(world, SUB_ICB, COMMISSIONER), acting(world, "", Role.SERVICE_DESK)
    world.directory.go_wrong(*[Fault.none()] * 50)
    browser.open(path(una, SINGLE, USER))
    calls = 50 - world.directory.faults_left
    while world.directory.faults_left:
        world.directory.service_desk()
    before = waiting(desk)
    world.directory.go_wrong(*[Fault.none()] * calls, Fault.unavailable())
    browser.send("Remove role")
    assert "will soon no longer be" in browser.said
    assert roles(world, una) == {USER}
    assert waiting(desk) == before + 1
    assert browser.open(path(una, SINGLE, USER)).heading == "This role is already gone"
    world.clock.move(timedelta(seconds=1))
    run_due(world.app.extensions["cqrs"], una.email)
    assert roles(world, una) == set()
    assert asked_for(world, una) == 1


def waiting(desk: Browser) -> int:
    """How many changes wait, as the Service Desk reads it; e-mails that nobody takes here are among them."""
    found = re.search(r"(\d+) changes? waits? to be made", desk.open("/service-desk/waiting").said)
    assert found
    return int(found[1])
