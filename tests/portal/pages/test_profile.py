"""My profile: details, roles, requesting one more, settings, activity."""

import pytest

from directory.vocabulary import Role
from tests.support.builders.world import MULTI, SINGLE, World
from tests.support.fakes.faults import Fault
from tests.support.pages.browser import Browser

USER = Role.PROVIDER_USER


def asking(world: World, email: str, code: str = MULTI) -> Browser:
    """Somebody with a role at one practice, at the questions for another."""
    known = world.directory.person_by_email(email)
    person = known or world.person(email, (SINGLE, USER))
    return (
        world.browser(person)
        .open("/profile/request-access")
        .send("Search", q=code)
        .send("Continue", code=code)
    )


def test_details(world: World) -> None:
    """PRO-2: names, user name and e-mail."""
    person = world.person("details@nhs.net", (SINGLE, USER), first="Ann", last="Lee")
    browser = world.browser(person).open("/profile").follow("User details")
    for words in ("Ann", "Lee", "details@nhs.net", "Change password"):
        assert words in browser.said


def test_request_access(world: World) -> None:
    """PRO-4: organisation, role and reason, check, Send, and it is listed as pending."""
    browser = asking(world, "asks@nhs.net")
    assert browser.heading == "Your role and reason"
    browser.send("Continue", role="provider-finance", reason="Two days a week")
    assert browser.heading == "Check your request"
    browser.send("Send")
    assert "Your request for Provider Finance at Cromarty Medical was submitted." in browser.said
    assert "Pending" in browser.said
    assert "Request submitted" in browser.open("/notifications").said


@pytest.mark.parametrize(
    ("role", "reason", "told"),
    [
        ("", "x", ["Select the role you need"]),
        ("provider-user", "", ["Enter a reason"]),
        ("provider-user", " \r\n\t ", ["Enter a reason"]),
        ("provider-user", "x" * 251, ["Reason must be 250 characters or fewer"]),
    ],
)
def test_what_is_missing_is_told(world: World, role: str, reason: str, told: list[str]) -> None:
    browser = asking(world, "missing@nhs.net").send(
        "Continue", **({"role": role} if role else {}), reason=reason
    )
    assert browser.problems == told


def test_markup_and_every_alphabet_in_a_reason(world: World) -> None:
    """Shown as it was typed, as text."""
    reason = "<script>alert(1)</script> Ταχυδρομείο 診療所"
    browser = asking(world, "alphabet@nhs.net").send("Continue", role="provider-user", reason=reason)
    assert reason in browser.said
    assert "<script>alert" not in browser.text


def test_what_is_held_or_asked_cannot_be_asked_again(world: World) -> None:
    """APR-5: one open request for one role, and none for a role that is held."""
    browser = (
        asking(world, "again@nhs.net", SINGLE).send("Continue", role="provider-user", reason="x").send("Send")
    )
    assert "You already hold this role at this organisation." in browser.said
    asking(world, "again@nhs.net").send("Continue", role="provider-user", reason="x").send("Send")
    twice = asking(world, "again@nhs.net").send("Continue", role="provider-user", reason="x").send("Send")
    assert "You have already asked for this role at this organisation" in twice.said


def test_change_keeps_what_was_typed(world: World) -> None:
    browser = (
        asking(world, "keeps@nhs.net").send("Continue", role="provider-user", reason="Keep me").send("Change")
    )
    assert browser.form("Continue").fields["reason"] == "Keep me"


def test_keycloak_away_loses_nothing(world: World) -> None:
    """The page says what to do; sending again works."""
    browser = asking(world, "away@nhs.net").send("Continue", role="provider-user", reason="x")
    form = browser.form("Send")
    world.directory.go_wrong(Fault.unavailable())
    assert browser.send("Send").status == 503
    answer = browser.client.post(form.action, data=form.fields, follow_redirects=True)
    assert "was submitted" in answer.get_data(as_text=True)


def test_notification_settings(world: World) -> None:
    """PRO-5: kept in Keycloak."""
    person = world.person("settings@nhs.net", (SINGLE, USER))
    browser = world.browser(person).open("/profile").follow("Notification settings")
    fields = {"csrf_token": browser.form("Save").fields["csrf_token"]}
    answer = browser.client.post(browser.path, data=fields, follow_redirects=True)
    assert "Your notification settings were saved." in answer.get_data(as_text=True)
    assert not world.directory.person(person.id).wants_email
    browser.open("/profile/notification-settings").send("Save", wants_email="y")
    assert world.directory.person(person.id).wants_email


def test_forty_roles_can_be_filtered_and_paged(world: World) -> None:
    """AUT-5: somebody who works for forty practices finds theirs."""
    codes = [f"E81{number:03}" for number in range(40)]
    for code in codes:
        world.directory.place(code, f"Harbour Practice {code}")
        world.mirror_organisation(code)
    person = world.person("forty@nhs.net", *[(code, USER) for code in codes])
    browser = world.browser(person).open("/home")
    assert "Showing 1 to 20 of 40 roles" in browser.said
    browser.send("Filter", q="E81033")
    assert "Showing 1 role" in browser.said
    browser.send("Confirm", role="E81033:provider-user")
    assert browser.heading == "Home"
    assert "Harbour Practice E81033" in browser.text


def test_own_activity(world: World) -> None:
    """AUD-2: a person sees what is recorded about them, and nothing about others."""
    asking(world, "mine@nhs.net").send("Continue", role="provider-user", reason="My reason").send("Send")
    mine = world.directory.person_by_email("mine@nhs.net")
    other = world.person("not.mine@nhs.net", (SINGLE, USER))
    assert "Request made" in world.browser(mine).open("/profile/activity").said
    assert "No entries" in world.browser(other).open("/profile/activity").said


def test_notices(world: World) -> None:
    """NOT-1: unread, Review marks it read and opens the request, another's can't be opened."""
    browser = asking(world, "notices@nhs.net").send("Continue", role="provider-user", reason="x").send("Send")
    browser.open("/notifications")
    assert "1 unread" in browser.said
    form = browser.form("Review")
    stranger = world.browser(world.person("stranger@nhs.net", (SINGLE, USER))).open("/notifications")
    token = stranger.open("/profile/notification-settings").form("Save").fields["csrf_token"]
    assert stranger.client.post(form.action, data={"csrf_token": token}).status_code == 404
    browser.send("Review")
    assert "Your request is waiting for" in browser.said
    assert "0 unread" in browser.open("/notifications").said
