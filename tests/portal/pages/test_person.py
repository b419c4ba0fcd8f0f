"""One person's page: what is seen of them, what may be done, and what is said where it may not."""

from csv import reader
from io import StringIO
from itertools import count
from uuid import uuid4

from directory.vocabulary import Person, Role
from portal.acts.ask import AskedRole, ask
from portal.acts.invite import Invited, send
from portal.model import Invitation
from portal.rules.actor import ActingAs
from tests.support.builders.names import in_letters
from tests.support.builders.world import CLOSED, HERE, MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

COMMISSIONER, APPROVER, USER = Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER, Role.PROVIDER_USER
NUMBERS = count()


def somebody(world: World, *held: tuple[str, Role], last: str = "Leaver") -> Person:
    return world.person(f"una{next(NUMBERS)}@leaver.example", *held, first="Una", last=last)


def acting(world: World, code: str, role: Role) -> Browser:
    person = world.person(f"{uuid4()}@icb.nhs.uk", (code, role), first="Kim")
    return world.browser(person, world.holding(code, role))


# What is seen


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


def test_a_request_is_seen_and_opened(world: World) -> None:
    """USR-2: outstanding ones, where the viewer stands over the organisation."""
    una = somebody(world, (SINGLE, USER))
    for code in (MULTI, "P003"):
        ask(world.services, una.id, AskedRole(code, USER, "Two days a week"), HERE)
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}")
    assert "Cromarty Medical (P002)" in browser.said
    assert "Viking" not in browser.said
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
    browser.follow("send the invitation again or cancel it")
    assert browser.heading == "Pending invitation"
    assert "Ida Invited" in browser.said


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


# What is done


def test_disabled_with_a_reason(world: World) -> None:
    """USR-3: reason, confirmation with every organisation, done; then Enable is offered."""
    una = somebody(world, (SINGLE, USER), (MULTI, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}").follow("Disable")
    assert browser.send("Continue").problems == ["Select why you disable this account"]
    assert browser.send("Continue", why="other").problems == ["Enter a reason"]
    assert browser.send("Continue", why="other", text="x" * 251).problems == [
        "Reason must be 250 characters or fewer"
    ]
    browser.send("Continue", why="other", text="Long <b>absence</b>")
    assert browser.heading == "Confirm that you disable this account"
    for said in ("Fair Isle Surgery (P001)", "Cromarty Medical (P002)", "Long <b>absence</b>"):
        assert said in browser.said
    assert world.directory.person(una.id).enabled
    browser.send("Disable account")
    assert browser.path == f"/users/{una.id}"
    assert "The account of Una Leaver is disabled. Their sessions have ended." in browser.said
    assert "Account disabled" in browser.said
    assert "Long <b>absence</b>" in browser.said
    assert f"/users/{una.id}/enable" in browser.text
    assert f"/users/{una.id}/disable" not in browser.text
    assert not world.directory.person(una.id).enabled


def test_enabled_again(world: World) -> None:
    """USR-4: what comes back is named."""
    una = somebody(world, (SINGLE, USER))
    world.directory.disable(una.id)
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}").follow("Enable")
    assert "They will again be: Provider User at Fair Isle Surgery (P001)" in browser.said
    browser.send("Enable account")
    assert "The account of Una Leaver is enabled." in browser.said
    assert world.directory.person(una.id).enabled


def test_every_role_removed(world: World) -> None:
    """USR-6: every role is named; the person is out of the approver's sight then, who is back in the list."""
    una = somebody(world, (SINGLE, USER), (MULTI, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}/revoke?next=/users")
    assert "Provider User at Cromarty Medical (P002)" in browser.said
    assert "Provider User at Fair Isle Surgery (P001)" in browser.said
    browser.send("Revoke")
    assert browser.path == "/users"
    assert "Una Leaver has no role any more. Their sessions have ended." in browser.said
    assert not world.directory.standing(una.id).holdings


def test_out_of_sight_after_revoking_from_their_page(world: World) -> None:
    """USR-6: an approver comes back to the list, as the page of somebody without a role isn't theirs."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}").follow("Revoke every role")
    browser.send("Revoke")
    assert (browser.status, browser.path) == (200, "/users")
    assert "Una Leaver has no role any more." in browser.said


def test_the_last_approver(world: World) -> None:
    """ROL-5: said on each of the confirmations."""
    place = world.directory.place("P77", "Lundy Surgery", parent=SUB_ICB)
    world.directory.change("P77", approval_level="multi")
    world.mirror_organisation(place.code)
    una = somebody(world, ("P77", APPROVER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}/revoke")
    assert "Una Leaver is the last active Provider Approver at Lundy Surgery." in browser.said
    assert "the Commissioner Approvers of Place A (A01) decide who gets access there" in browser.said
    browser.open(f"/users/{una.id}/disable").send("Continue", why="left")
    assert "Una Leaver is the last active Provider Approver at Lundy Surgery." in browser.said


def test_what_has_changed_is_shown_again(world: World) -> None:
    """USR-3, USR-6: nothing goes that the page did not name."""
    una = somebody(world, (SINGLE, USER))
    browsers = [acting(world, SUB_ICB, COMMISSIONER) for _ in range(2)]
    browsers[0].open(f"/users/{una.id}/revoke")
    browsers[1].open(f"/users/{una.id}/disable").send("Continue", why="left")
    world.directory.grant(una.id, world.directory.organisation(MULTI), USER)
    for browser, button in zip(browsers, ("Revoke", "Disable account"), strict=True):
        browser.send(button)
        assert "What this would do has changed. Check it again." in browser.said
    assert world.directory.standing(una.id).holdings
    assert world.directory.person(una.id).enabled


def test_a_double_click(world: World) -> None:
    """USR-3, USR-4, USR-6: the second says that it is so, with nothing more done."""
    for act, button in (("disable", "Disable account"), ("enable", "Enable account"), ("revoke", "Revoke")):
        una = somebody(world, (SINGLE, USER))
        if act == "enable":
            world.directory.disable(una.id)
        browser = acting(world, "", Role.SERVICE_DESK).open(f"/users/{una.id}/{act}")
        if act == "disable":
            browser.send("Continue", why="left")
        form = browser.form(button)
        for said in ("is", "The account was already so"):
            answer = browser.client.post(form.action, data=form.fields, follow_redirects=True)
            assert answer.status_code == 200, act
            assert said in answer.text, act
        assert browser.open(f"/users/{una.id}/{act}").status == 409


def test_sessions_that_stay_are_shown(world: World) -> None:
    """USR-3: to who did it, and to whoever looks at the person, until they have ended."""
    una = somebody(world, (SINGLE, USER))
    world.directory.refuse_to_end_sessions(True)
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}/disable")
    browser.send("Continue", why="moved").send("Disable account")
    assert "is disabled. We could not end their sessions in other applications yet." in browser.said
    assert "Sessions not ended" in acting(world, "", Role.SERVICE_DESK).open(f"/users/{una.id}").said
    world.directory.refuse_to_end_sessions(False)


def test_others_get_no_such_page(world: World) -> None:
    """ROL-2, ROL-3: the stranger, the colleague, the approver of another place, oneself."""
    una = somebody(world, (SINGLE, USER))
    for code, role in ((SINGLE, USER), ("B01", COMMISSIONER), (MULTI, APPROVER)):
        browser = acting(world, code, role)
        for act in ("disable", "enable", "revoke"):
            assert browser.open(f"/users/{una.id}/{act}").status == 403, (code, act)
    for act in ("disable", "revoke"):
        assert "/signin" in world.browser().client.get(f"/users/{una.id}/{act}").headers["Location"]


# Oneself


def test_disabling_oneself(world: World) -> None:
    """PRO-6: Disable, Confirm disable, signed out, and who can undo it."""
    una = somebody(world, (SINGLE, USER), (MULTI, USER))
    browser = world.browser(una, world.holding(SINGLE, USER)).open("/profile").follow("Disable account")
    browser.follow("Disable")
    for said in ("Fair Isle Surgery (P001)", "Cromarty Medical (P002)"):
        assert said in browser.said
    browser.send("Confirm disable")
    assert browser.heading == "You are signed out"
    assert "You have disabled your account." in browser.said
    assert "Sign in again" not in browser.said
    assert "or the service desk, can enable it again" in browser.said
    assert not world.directory.person(una.id).enabled
    assert "/signin" in browser.client.get("/profile").headers["Location"]


# The list


def people_in(browser: Browser, query: str) -> tuple[str, list[list[str]]]:
    browser.open(f"/users?{query}&size=100")
    answer = browser.client.get(f"/users/users.csv?{query}")
    assert answer.mimetype == "text/csv"
    return browser.said, list(reader(StringIO(answer.text)))


def test_the_list_as_a_file(world: World) -> None:
    """USR-1: exactly what the filter shows, in its order; what a spreadsheet would run is text."""
    last = f"Csv{next(NUMBERS)}"
    for holdings in ([(SINGLE, USER), (MULTI, USER)], [(SINGLE, USER)], [("P003", USER)]):
        somebody(world, *holdings, last=last)
    kim = acting(world, SUB_ICB, COMMISSIONER)
    said, rows = people_in(kim, f"q={last}&sort=organisation&order=descending")
    assert "2 people. Each entry" in said
    assert rows[0][0] == "Organisation code"
    assert [row[0] for row in rows[1:]] == [SINGLE, SINGLE, MULTI]
    assert {row[5] for row in rows[1:]} == {"Active"}
    assert people_in(kim, f"q={last}&status=disabled")[1] == rows[:1]
    desk = acting(world, "", Role.SERVICE_DESK)
    assert len(people_in(desk, f"q={last}")[1]) == 5


def test_disabled_and_revoked_are_in_their_statuses(world: World) -> None:
    """USR-1."""
    last = f"Status {in_letters(next(NUMBERS))}"
    one, other = (somebody(world, (SINGLE, USER), last=last) for _ in range(2))
    desk = acting(world, "", Role.SERVICE_DESK)
    desk.open(f"/users/{one.id}/disable").send("Continue", why="left").send("Disable account")
    desk.open(f"/users/{other.id}/revoke").send("Revoke")
    for status, email in (("disabled", one.email), ("revoked", other.email)):
        _said, rows = people_in(desk, f"q={last}&status={status}")
        assert [row[4] for row in rows[1:]] == [email]
