"""One person's page: what is seen of them, what may be done, and what is said where it may not."""

from uuid import uuid4

from directory.vocabulary import Role
from portal.acts.ask import AskedRole, ask
from portal.acts.invite import Invited, send
from portal.model import Invitation
from portal.rules.actor import ActingAs
from tests.portal.pages.leaver import APPROVER, COMMISSIONER, USER, acting, somebody
from tests.support.builders.world import CLOSED, HERE, MULTI, SINGLE, SUB_ICB, World

WHY = "Why can this person see an organisation, or why not?"


def test_from_the_users_list_and_back(world: World) -> None:
    """USR-1, USR-2: View opens their details, roles and history."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users?q={una.email}")
    browser.follow("View Una Leaver at Fair Isle Surgery")
    assert (browser.heading, browser.path) == ("Una Leaver", f"/users/{una.id}")
    for said in (una.email, "Active", "Fair Isle Surgery (P001) Role Provider User", "History"):
        assert said in browser.said
    assert [offer in browser.said for offer in ("Disable", "Revoke every role", "Help to sign in")] == [
        True
    ] * 3
    assert "Enable" not in browser.said
    assert "Unlock" not in browser.said


def test_only_the_roles_that_the_viewer_stands_over(world: World) -> None:
    """USR-2, ROL-3: not a word of the others, but the reason why nothing can be done."""
    una = somebody(world, (SINGLE, USER), ("P003", USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}")
    assert "Fair Isle Surgery" in browser.said
    assert "Viking" not in browser.said
    assert "P003" not in browser.said
    assert (
        "You cannot change this account. This account holds a role that you could not grant." in browser.said
    )
    assert f"/users/{una.id}/disable" not in browser.text
    desk = acting(world, "", Role.SERVICE_DESK).open(f"/users/{una.id}")
    assert "Viking Practice" in desk.said
    assert f"/users/{una.id}/disable" in desk.text


def test_nobody_elsewhere_sees_them(world: World) -> None:
    """USR-1: the colleague next door, the approver of another place, a closed organisation's people."""
    una, gone = somebody(world, (SINGLE, USER)), somebody(world, (CLOSED, USER))
    world.directory.change(CLOSED, status="closed")
    world.mirror_organisation(CLOSED)
    for code, role in (("B01", COMMISSIONER), (MULTI, APPROVER)):
        assert acting(world, code, role).open(f"/users/{una.id}").status == 403
    kim = acting(world, SUB_ICB, COMMISSIONER)
    assert kim.open(f"/users/{gone.id}").status == 403
    assert kim.open(f"/users/{uuid4()}").status == 404
    assert "(closed)" in acting(world, "", Role.SERVICE_DESK).open(f"/users/{gone.id}").said


def test_ones_own_page_says_why_nothing_can_be_done(world: World) -> None:
    """ROL-3."""
    kim = world.person(f"{uuid4()}@icb.nhs.uk", (SUB_ICB, COMMISSIONER), first="Kim")
    browser = world.browser(kim, world.holding(SUB_ICB, COMMISSIONER)).open(f"/users/{kim.id}")
    assert "You cannot decide on, or change the access of, your own account." in browser.said


def test_ones_own_account_has_words_of_its_own(world: World) -> None:
    """ROL-3: what is refused is no decision on somebody else."""
    kim = world.person(f"{uuid4()}@icb.nhs.uk", (SUB_ICB, COMMISSIONER), first="Kim")
    browser = world.browser(kim, world.holding(SUB_ICB, COMMISSIONER)).open(f"/users/{kim.id}/disable")
    assert (browser.status, browser.heading) == (403, "You cannot do this to your own account")


def test_the_last_of_the_service_desk_stays(world: World) -> None:
    """PRO-6: and is told why, in words about their own account."""
    desk = [one.person for one in world.services.reader.service_desk()]
    for person in desk:
        world.directory.disable(person.id)
    last = world.person(f"{uuid4()}@desk.example", ("", Role.SERVICE_DESK), first="Dee")
    browser = world.browser(last, world.holding("", Role.SERVICE_DESK)).open("/profile/disable/confirm")
    assert (browser.status, browser.heading) == (403, "You cannot disable your account")
    assert "You are the last active person of the Service Desk" in browser.said
    for person in desk:
        world.directory.enable(person.id)


def test_a_colleague_of_the_service_desk(world: World) -> None:
    """USR-2: that role is one of theirs too, for those who may see it; a practice's approver may not."""
    dora = somebody(world, ("", Role.SERVICE_DESK), (MULTI, USER))
    seen = acting(world, "", Role.SERVICE_DESK).open(f"/users/{dora.id}")
    assert "Organisation All organisations Role Service Desk" in seen.said
    assert "Cromarty Medical (P002) Role Provider User" in seen.said
    assert "Service Desk" not in acting(world, MULTI, APPROVER).open(f"/users/{dora.id}").said


def test_who_of_the_service_desk_disables_themselves(world: World) -> None:
    """PRO-6: all organisations are named, and who can undo it: nobody here (ROL-3)."""
    dora = somebody(world, ("", Role.SERVICE_DESK))
    browser = world.browser(dora, world.holding("", Role.SERVICE_DESK)).open("/profile/disable")
    assert "Only whoever administers the sign-in service can enable the account again." in browser.said
    browser.follow("Disable")
    assert "Only whoever administers the sign-in service can." in browser.said
    assert "You have no role" not in browser.said
    assert "You can no longer act for the Service Desk, at any organisation." in browser.said
    browser.send("Confirm disable")
    assert "Whoever administers the sign-in service can enable it again." in browser.said


def test_a_request_is_seen_and_opened(world: World) -> None:
    """USR-2: outstanding ones, where the viewer stands over the organisation."""
    una = somebody(world, (SINGLE, USER))
    for code in (MULTI, "P003"):
        ask(world.services, una.id, AskedRole(code, USER, "Two days a week"), HERE)
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}")
    assert "Cromarty Medical (P002)" in browser.said
    assert "Viking" not in browser.said
    assert WHY in browser.said
    assert browser.client.get(f"/users/{una.id}/why").status_code == 200
    browser.follow("View the request for Provider User at Cromarty Medical")
    assert browser.path.startswith("/requests/")


def invited(world: World, code: str = MULTI) -> str:
    """Somebody who has yet to accept: the id of the account that waits for it."""
    pam = world.person(f"{uuid4()}@p002.example", (code, APPROVER), first="Pam", last="Sender")
    asked = Invited(f"{uuid4()}@invited.example", "Ida", "Invited", code, USER)
    sent = send(world.services, ActingAs(pam.id, world.holding(code, APPROVER)), asked, HERE)
    world.work()
    assert sent
    with world.services.sessions() as session:
        return str(session.get_one(Invitation, sent.id).person_id)


def test_somebody_who_was_invited(world: World) -> None:
    """USR-1, USR-2: the status, what waits and who sent it; what can be done is with the invitation."""
    person_id = invited(world)
    browser = acting(world, MULTI, APPROVER).open(f"/users/{person_id}")
    assert browser.heading == "Ida Invited"
    for said in ("Status Invited", "Invitations", "Role Provider User", "Sent by Pam Sender"):
        assert said in browser.said
    assert "Revoked" not in browser.said
    assert WHY not in browser.said
    assert browser.client.get(f"/users/{person_id}/why").status_code == 403
    browser.follow("send the invitation again or cancel it")
    assert browser.heading == "Pending invitation"
    assert "Ida Invited" in browser.said


def test_who_may_not_invite_there_is_not_sent_to_an_empty_list(world: World) -> None:
    """USR-1, USR-2, INV-3: a commissioner sees whom a practice invited, but the practice looks after it."""
    invited(world)
    browser = acting(world, SUB_ICB, COMMISSIONER).open("/users?q=ida&status=invited")
    browser.follow("View Ida Invited at Cromarty Medical")
    assert browser.heading == "Ida Invited"
    assert "Nothing at present: they have not accepted yet. Whoever may invite" in browser.said
    assert "/users/invite/pending" not in browser.text


def test_nobody_elsewhere_sees_who_was_invited(world: World) -> None:
    """USR-1: an account that waits for an invitation is nobody's business next door."""
    person_id = invited(world)
    for code, role in (("P001", APPROVER), ("B01", COMMISSIONER)):
        assert acting(world, code, role).open(f"/users/{person_id}").status == 403


def test_the_history_is_what_the_viewer_may_see(world: World) -> None:
    """USR-2: what was done about them there, and to their account; nothing of elsewhere."""
    una = somebody(world, (SINGLE, USER), (MULTI, USER), ("P003", USER))
    desk = acting(world, "", Role.SERVICE_DESK)
    desk.open(f"/users/{una.id}/roles/P003/remove/provider-user").send("Remove role")
    desk.open(f"/users/{una.id}/roles/P002/remove/provider-user").send("Remove role")
    seen = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}").said.partition("History")[2]
    assert "Role removed Organisation P002" in seen
    assert "P003" not in seen


def test_why_somebody_was_disabled_is_for_those_who_did_it(world: World) -> None:
    """USR-2, USR-3: approvers elsewhere are told without the reason, and don't read it in the history."""
    una = somebody(world, (MULTI, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}/disable")
    browser.send("Continue", why="other", text="Taken ill").send("Disable account")
    for code, role in ((SUB_ICB, COMMISSIONER), ("QA1", COMMISSIONER), ("", Role.SERVICE_DESK)):
        assert acting(world, code, role).open(f"/users/{una.id}").said.count("Taken ill") == 2, code
    practice = acting(world, MULTI, APPROVER).open(f"/users/{una.id}").said
    assert "Account disabled" in practice
    assert "Taken ill" not in practice
