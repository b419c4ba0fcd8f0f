"""Disabling, enabling and revoking from a person's page, and disabling oneself: pages and refusals."""

from directory.vocabulary import Role
from tests.portal.pages.leaver import APPROVER, COMMISSIONER, USER, acting, somebody
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World


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


def test_the_reason_is_changed_with_nothing_lost(world: World) -> None:
    """USR-3: from the confirmation back to what was entered."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}/disable")
    browser.send("Continue", why="other", text="Gone to see").send("Change")
    assert browser.heading == "Disable an account"
    fields = browser.form("Continue").fields
    assert (fields["why"], fields["text"]) == ("other", "Gone to see")
    browser.send("Continue", text="Gone to sea")
    assert "Reason Gone to sea" in browser.said
    assert world.directory.person(una.id).enabled


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


def test_ones_own_sessions_that_stay_are_shown(world: World) -> None:
    """PRO-6: to who can do no more about them; with nothing left, not a word of it."""
    una, bob = somebody(world, (SINGLE, USER)), somebody(world, (SINGLE, USER))
    said = "We could not end your sessions in other applications yet."
    for person, stay in ((una, True), (bob, False)):
        world.directory.refuse_to_end_sessions(stay)
        browser = world.browser(person, world.holding(SINGLE, USER)).open("/profile/disable/confirm")
        assert (said in browser.send("Confirm disable").said) is stay
    world.directory.refuse_to_end_sessions(False)
