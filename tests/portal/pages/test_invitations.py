"""Inviting on the pages: the steps, what each refuses, what waits; and the page of the mailed link."""

from uuid import uuid4

import pytest

from directory.vocabulary import Role
from portal.acts.invite import Invited, send
from portal.model import AuditEntry, AuditKind, Invitation
from portal.pages.invitations.routes import KNOWN
from portal.rules.actor import ActingAs
from portal.rules.invitations import link_token
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

APPROVER, COMMISSIONER, USER = Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER, Role.PROVIDER_USER


def acting(world: World, code: str, role: Role, first: str = "Pam") -> Browser:
    person = world.person(f"{uuid4()}@nhs.net", (code, role), first=first, last="Person")
    return world.browser(person, world.holding(code, role))


def address() -> str:
    return f"n{uuid4().hex[:12]}@nhs.net"


def at_organisations(browser: Browser, email: str) -> Browser:
    browser.open("/users").follow("Invite").send("Next", email=email)
    return browser.send("Next", first_name="Nina", last_name="New")


def invited(browser: Browser, email: str, code: str = MULTI, role: str = "provider-user") -> Browser:
    return at_organisations(browser, email).send("Next", code=code).send("Next", role=role).send("Send")


def of_address(world: World, email: str) -> Invitation | None:
    with world.sessions() as db:
        return db.query(Invitation).filter_by(email=email).one_or_none()


def link(world: World, email: str) -> str:
    one = of_address(world, email)
    assert one
    return f"/invitation/{one.id}/{link_token(world.services.settings.secret_key, one.id, one.round)}"


def roles(world: World, email: str) -> set[tuple[str, Role]]:
    person = world.directory.person_by_email(email)
    assert person
    return {(one.organisation, one.role) for one in world.directory.standing(person.id).holdings}


def test_from_the_users_list_to_what_waits(world: World) -> None:
    """INV-1: each step asks one thing, the last shows all, and the tab lists it."""
    email = address()
    browser = acting(world, MULTI, APPROVER).open("/users").follow("Invite")
    assert browser.heading == "Send invitation"
    assert "An invitation can be sent to a new user only." in browser.said
    browser.send("Next", email=email.upper())
    assert "This user does not exist in the system." in browser.said
    browser.send("Next", first_name="Nina", last_name="New")
    assert browser.heading == "Choose an organisation"
    browser.send("Next", code=MULTI)
    assert "Select a role for Nina at Cromarty Medical." in browser.said
    browser.send("Next", role="provider-user")
    for fact in ("Nina", "New", email, f"Cromarty Medical ({MULTI})", "Provider User"):
        assert fact in browser.said
    browser.send("Send")
    assert f"The invitation was sent to {email}." in browser.said
    assert browser.path == "/users/invite/pending"
    assert "Nina New" in browser.said
    assert "Pam Person" in browser.said
    assert "5 January 2026" in browser.said
    assert "19 January 2026" in browser.said
    listed = browser.open(f"/users?q={email}&status=invited")
    assert "Invited" in listed.said
    assert email in listed.said


def test_previous_throughout_with_nothing_lost(world: World) -> None:
    """INV-1: back to the first question and on again."""
    email = address()
    browser = at_organisations(acting(world, MULTI, APPROVER), email)
    browser.send("Next", code=MULTI).send("Next", role="provider-finance")
    for heading in ("Choose a role", "Choose an organisation", "Name of the new user", "Send invitation"):
        browser.follow("Previous")
        assert browser.heading == heading
    browser.send("Next")
    assert browser.heading == "Check the invitation"
    assert all(fact in browser.said for fact in (email, "Nina", "Provider Finance"))
    browser.follow("Change role").send("Next", role="provider-user")
    assert "Provider User" in browser.said


def test_a_known_address_is_refused_on_record(world: World) -> None:
    """INV-1, AUT-9: with the way to ask for access instead."""
    known = world.person(address(), (SINGLE, USER))
    browser = acting(world, MULTI, APPROVER).open("/users/invite").send("Next", email=known.email)
    assert browser.problems == ["An invitation can be sent to a new user only"]
    assert "Request access" in browser.said
    with world.sessions() as db:
        found = db.query(AuditEntry).filter_by(kind=AuditKind.INVITATION_REFUSED, subject=known.id)
        assert [one.after for one in found] == [{"email": known.email}]


def test_an_address_that_became_known_meanwhile(world: World) -> None:
    """The message leads to the question that it is about."""
    pam, email = acting(world, MULTI, Role.PROVIDER_APPROVER), address()
    at_organisations(pam, email).send("Next", code=MULTI).send("Next", role="provider-user")
    world.person(email, (SINGLE, Role.PROVIDER_USER))
    pam.send("Send")
    assert [one.rstrip(".") for one in pam.problems] == [KNOWN]
    assert 'href="#email"' in pam.text
    assert pam.form("Next").fields["email"] == email


def test_oneself(world: World) -> None:
    """ROL-3: in no spelling of one's own mailbox."""
    pam = world.person("pam.self@nhs.net", (MULTI, APPROVER))
    browser = world.browser(pam, world.holding(MULTI, APPROVER)).open("/users/invite")
    assert browser.send("Next", email="pam.self+2@nhs.net").problems == ["You cannot invite yourself"]


def test_what_is_offered_is_what_the_table_gives(world: World) -> None:
    """ROL-2: a commissioner invites its own staff, and approvers to its multi-level providers."""
    browser = at_organisations(acting(world, SUB_ICB, COMMISSIONER), address())
    assert MULTI in browser.said
    assert SUB_ICB in browser.said
    assert SINGLE not in browser.said
    browser.send("Next", code=MULTI)
    assert "Provider Approver" in browser.said
    assert "Provider User" not in browser.said
    browser.follow("Previous").send("Next", code=SINGLE)
    assert browser.problems == ["Select an organisation from the list"]


def test_many_organisations_are_searched(world: World) -> None:
    """INV-1: the Service Desk may invite everywhere."""
    for number in range(25):
        world.directory.place(f"G3{number:04}", f"Many Practice {number}", parent=SUB_ICB)
        world.mirror_organisation(f"G3{number:04}")
    browser = at_organisations(acting(world, "", Role.SERVICE_DESK), address())
    browser.send("Search", q="cromarty")
    assert "Cromarty Medical" in browser.said
    browser.send("Next", code=MULTI)
    assert browser.heading == "Choose a role"
    found = browser.client.get("/users/invite/organisations?q=cromarty").get_json()
    assert [one["code"] for one in found["organisations"]] == [MULTI]


def test_an_organisation_that_closed_meanwhile(world: World) -> None:
    """ORG-5: it takes no invitations; the other answers stay."""
    code = "G40001"
    world.directory.place(code, "Brief Practice", parent=SUB_ICB)
    world.directory.change(code, approval_level="multi")
    world.mirror_organisation(code)
    email = address()
    browser = at_organisations(acting(world, "", Role.SERVICE_DESK), email)
    browser.send("Search", q=code).send("Next", code=code).send("Next", role="provider-user")
    world.directory.change(code, status="closed")
    browser.send("Send")
    assert browser.status == 403
    assert of_address(world, email) is None
    world.mirror_organisation(code)
    assert browser.open(browser.path).heading == "Choose an organisation"


def test_the_same_again(world: World) -> None:
    """INV-1: led to the one that waits; sent again by a colleague."""
    email = address()
    invited(acting(world, MULTI, APPROVER), email)
    colleague = invited(acting(world, MULTI, APPROVER, "Paul"), email)
    assert "This person is invited to that role there already." in colleague.said
    colleague.send("Send again to Nina New at Cromarty Medical")
    assert f"The invitation was sent again to {email}." in colleague.said
    one = of_address(world, email)
    assert one
    assert (one.round, one.invited_by_name) == (2, "Paul Person")


def test_two_clicks_send_one_link(world: World) -> None:
    """INV-3: or the one in the first of two e-mails would be dead when it comes."""
    email = address()
    browser = invited(acting(world, MULTI, APPROVER), email)
    for newest in (2, 3):
        form = browser.open(f"/users/invite/pending?q={email}").form("Send again")
        for _ in range(2):
            answer = browser.client.post(form.action, data=form.fields, follow_redirects=True)
            assert f"The invitation was sent again to {email}." in answer.text
        one = of_address(world, email)
        assert one
        assert one.round == newest


def test_cancelling(world: World) -> None:
    """INV-3: confirmed, and off the list."""
    email = address()
    browser = invited(acting(world, MULTI, APPROVER), email).open(f"/users/invite/pending?q={email}")
    browser.follow("Cancel the invitation to Nina New at Cromarty Medical")
    assert browser.heading == "Confirm that you cancel this invitation"
    confirm = browser.path
    browser.send("Cancel invitation")
    assert "The invitation to Nina New was cancelled." in browser.said
    assert "No invitations match" in browser.open(f"/users/invite/pending?q={email}").said
    assert "not waiting any more" in browser.open(confirm).said


def test_on_the_second_page_one_stays_there(world: World) -> None:
    """INV-3: one sent again, one kept and one cancelled of many; the search stays too."""
    pam = world.person(f"{uuid4()}@nhs.net", (MULTI, APPROVER), first="Pam", last="Person")
    acting_as, many = ActingAs(pam.id, world.holding(MULTI, APPROVER)), f"many{uuid4().hex[:8]}"
    for number in range(12):
        asked = Invited(f"{many}.{number}@nhs.net", "Nina", "New", MULTI, USER)
        send(world.services, acting_as, asked, HERE)
    browser = world.browser(pam, acting_as.holding).open(f"/users/invite/pending?q={many}&page=2")
    place = browser.path
    assert browser.send("Send again").path == place
    cancel = "Cancel the invitation to Nina New at Cromarty Medical"
    assert browser.follow(cancel).follow("Keep it").path == place
    assert browser.follow(cancel).send("Cancel invitation").path == place
    assert "Showing 11 to 11 of 11 invitations" in browser.said


def test_only_those_who_may_invite_there_see_it(world: World) -> None:
    """ROL-2: not a commissioner the practice's users, not another practice, not another commissioner."""
    email = address()
    invited(acting(world, MULTI, APPROVER), email)
    one = of_address(world, email)
    assert one
    for code, role in ((SUB_ICB, COMMISSIONER), (SINGLE, APPROVER), ("B01", COMMISSIONER)):
        other = acting(world, code, role)
        assert email not in other.open("/users/invite/pending").said
        assert other.open(f"/users/invite/pending/{one.id}/cancel").status == 403
    assert email in acting(world, "", Role.SERVICE_DESK).open(f"/users/invite/pending?q={email}").said


def test_opening_the_link_accepts_nothing_and_the_button_once(world: World) -> None:
    """INV-2: a program that only opens links has done nothing."""
    email = address()
    invited(acting(world, MULTI, APPROVER), email)
    run_due(world.services, email)
    stranger = world.browser()
    for _ in range(3):
        stranger.open(link(world, email))
        assert stranger.heading == "You are invited to Cromarty Medical"
    assert roles(world, email) == set()
    for fact in ("Pam Person", "Provider User", email, "Nina New"):
        assert fact in stranger.said
    token = stranger.form("Accept invitation").fields["csrf_token"]
    stranger.send("Accept invitation")
    assert stranger.heading == "You have accepted the invitation"
    assert f"With the link that we send to {email} you set your password" in stranger.said
    assert roles(world, email) == {(MULTI, USER)}
    stranger.client.post(link(world, email), data={"csrf_token": token})
    assert stranger.open(link(world, email)).heading == "You have accepted the invitation"
    with world.sessions() as db:
        assert db.query(AuditEntry).filter_by(kind=AuditKind.INVITATION_ACCEPTED, subject=email).count() == 1
    stranger.send("Send the link again")
    assert stranger.heading == "Check your email"


def test_it_became_a_request(world: World) -> None:
    """INV-3: the page says so."""
    email, browser = address(), acting(world, MULTI, APPROVER, "Gone")
    invited(browser, email)
    one = of_address(world, email)
    assert one
    world.directory.disable(one.invited_by)
    run_due(world.services, email)
    stranger = world.browser().open(link(world, email)).send("Accept invitation")
    assert stranger.heading == "Your access is being looked at"
    assert world.directory.person_by_email(email) is None


@pytest.mark.parametrize("role", [Role.PROVIDER_FINANCE, USER])
def test_who_invites_nobody_has_no_button(world: World, role: Role) -> None:
    assert acting(world, SINGLE, role).open("/users/invite").status == 403


def test_nobody_waits(world: World) -> None:
    """INV-3: an empty list says what to do."""
    code = "G50001"
    world.directory.place(code, "Empty Practice", parent=SUB_ICB)
    world.directory.change(code, approval_level="multi")
    world.mirror_organisation(code)
    browser = acting(world, code, APPROVER).open("/users/invite/pending")
    assert "Nobody whom you may invite has an invitation waiting." in browser.said
    assert browser.open("/users/invite/gone/person").heading == "We no longer have your answers"
