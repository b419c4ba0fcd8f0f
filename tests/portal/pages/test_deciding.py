"""Reviewing and deciding requests by the pages."""

from uuid import UUID, uuid4

from directory.vocabulary import Holding, OrganisationStatus, Person, Role
from portal.model.requests import RequestState
from tests.support.builders.world import ICB, MULTI, SINGLE, SUB_ICB, World
from tests.support.fakes.faults import Fault
from tests.support.pages.browser import Browser

COMMISSIONER = (SUB_ICB, Role.COMMISSIONER_APPROVER)


def approver(world: World, email: str = "", code: str = SUB_ICB, name: str = "Kim") -> tuple[Person, Holding]:
    role = Role.COMMISSIONER_APPROVER
    return world.person(email or f"{uuid4()}@icb.nhs.uk", (code, role), first=name), world.holding(code, role)


def at_request(world: World, request_id: UUID, name: str = "Kim") -> Browser:
    person, holding = approver(world, name=name)
    return world.browser(person, holding).open(f"/requests/{request_id}")


def test_the_review_page_shows_what_is_asked(world: World) -> None:
    """APR-3: date, person, organisation, role and reason."""
    asked = world.open_request(
        "ask1@nhs.net", first_name="Jess", last_name="Finn", reason="Claims,\nMondays <i>only</i>"
    )
    browser = at_request(world, asked)
    for words in (
        "Jess Finn",
        "ask1@nhs.net",
        "Fair Isle Surgery (P001)",
        "Provider User",
        "Mondays <i>only</i>",
    ):
        assert words in browser.said


def test_opening_changes_nothing(world: World) -> None:
    """A mail scanner that follows the link decides nothing."""
    asked = world.open_request("ask2@nhs.net")
    at_request(world, asked)
    assert world.request(asked).state is RequestState.OPEN


def test_approve_confirm_done(world: World) -> None:
    """APR-3: Approve, Continue, Confirm; the account and the role are there at once."""
    asked = world.open_request("ask3@nhs.net")
    browser = at_request(world, asked).send("Continue", decision="approve")
    assert browser.heading == "Confirm that you approve this request"
    assert world.request(asked).state is RequestState.OPEN
    browser.send("Confirm")
    assert "You approved the request of Jo Asker." in browser.said
    assert "Approved by Kim Example (Commissioner Approver)" in browser.said
    made = world.directory.person_by_email("ask3@nhs.net")
    assert made
    assert world.holding(SINGLE, Role.PROVIDER_USER) in world.directory.standing(made.id).holdings


def test_reject_needs_a_reason(world: World) -> None:
    """APR-3: 1 to 250 characters, each line end counted once."""
    asked = world.open_request("ask4@nhs.net")
    browser = at_request(world, asked)
    assert browser.send("Continue").problems == ["Select whether you approve or reject the request"]
    missing = ["Enter a reason for rejecting, which the person will be told"]
    assert browser.send("Continue", decision="reject", reason=" \r\n ").problems == missing
    long = browser.send("Continue", decision="reject", reason="x" * 251)
    assert long.problems == ["Reason must be 250 characters or fewer"]
    browser.send("Continue", decision="reject", reason="x" * 124 + "\r\n" + "y" * 125)
    assert browser.heading == "Confirm that you reject this request"
    browser.send("Confirm")
    assert "You rejected the request of Jo Asker." in browser.said
    assert world.request(asked).decision_reason == "x" * 124 + "\n" + "y" * 125


def test_change_keeps_the_answer(world: World) -> None:
    """Back from the confirmation with nothing lost."""
    browser = at_request(world, world.open_request("ask5@nhs.net"))
    browser.send("Continue", decision="reject", reason="Not ours").send("Change")
    assert browser.form("Continue").fields["reason"] == "Not ours"
    assert browser.form("Continue").fields["decision"] == "reject"
    assert browser.problems == []


def test_a_forged_decision_is_refused(world: World) -> None:
    """A decision that isn't one, and a rejection confirmed without a reason."""
    asked = world.open_request("ask6@nhs.net")
    browser = at_request(world, asked).send("Continue", decision="approve")
    browser.send("Confirm", decision="sell")
    assert browser.status == 400
    browser.open(f"/requests/{asked}").send("Continue", decision="approve").send(
        "Confirm", decision="reject", reason=""
    )
    assert browser.status in {400, 409}
    assert world.request(asked).state is RequestState.OPEN


def test_the_second_of_two_approvers_is_told(world: World) -> None:
    """APR-4: who decided what, and when; nothing more happens."""
    asked = world.open_request("ask7@nhs.net")
    first, second = at_request(world, asked, "Ada"), at_request(world, asked, "Ben")
    first.send("Continue", decision="approve")
    second.send("Continue", decision="reject", reason="Unknown to us")
    first.send("Confirm")
    second.send("Confirm")
    assert second.status == 409
    assert "Ada Example approved it on" in second.said
    assert world.request(asked).state is RequestState.APPROVED
    assert "Approved by Ada Example" in second.follow("See the request").said


def test_a_double_click_says_the_same_twice(world: World) -> None:
    """The second click of the same person finds the decision made."""
    asked = world.open_request("ask8@nhs.net")
    browser = at_request(world, asked).send("Continue", decision="approve")
    form = browser.form("Confirm")
    browser.send("Confirm")
    again = browser.client.post(form.action, data=form.fields, follow_redirects=True)
    assert "You approved the request of Jo Asker." in again.get_data(as_text=True)


def test_a_stranger_sees_nothing_of_it(world: World) -> None:
    """Another commissioner, a provider's user, and somebody without a role."""
    world.directory.place("22Z", "Elsewhere", parent=ICB)
    asked = world.open_request("ask9@nhs.net", first_name="Secretive")
    other = world.person("other@nhs.net", ("22Z", Role.COMMISSIONER_APPROVER))
    user = world.person("user@nhs.net", (SINGLE, Role.PROVIDER_USER))
    nobody = world.person("nobody@nhs.net")
    for person, holding in (
        (other, world.holding("22Z", Role.COMMISSIONER_APPROVER)),
        (user, world.holding(SINGLE, Role.PROVIDER_USER)),
        (nobody, None),
    ):
        browser = world.browser(person, holding).open(f"/requests/{asked}")
        assert "Secretive" not in browser.text


def test_nobody_decides_their_own(world: World) -> None:
    """ROL-3: the approver who asks sees it as the one who asked."""
    person, holding = approver(world, "own@icb.nhs.uk")
    asked = world.open_request("own@icb.nhs.uk", SUB_ICB, Role.COMMISSIONER_FINANCE)
    browser = world.browser(person, holding).open(f"/requests/{asked}")
    assert "Your request is waiting for" in browser.said
    assert "Approve" not in [
        button.name for form in [browser.form("Withdraw this request")] for button in form.buttons
    ]
    token = browser.form("Withdraw this request").fields["csrf_token"]
    answer = browser.client.post(
        f"/requests/{asked}/decision", data={"csrf_token": token, "decision": "approve"}
    )
    assert answer.status_code == 403
    assert world.request(asked).state is RequestState.OPEN


def test_withdraw(world: World) -> None:
    """PRO-3: the person takes it back; an approver who comes later is told."""
    person = world.person("back@nhs.net", (SINGLE, Role.PROVIDER_USER))
    asked = world.open_request("back@nhs.net", MULTI)
    late = at_request(world, asked).send("Continue", decision="approve")
    browser = world.browser(person).open("/profile/roles")
    assert "Pending" in browser.said
    browser.send("Withdraw")
    assert "Your request was withdrawn." in browser.said
    assert world.request(asked).state is RequestState.WITHDRAWN
    assert late.send("Confirm").status == 409
    assert "withdrawn" in late.said


def test_a_mailed_link_with_several_roles_asks_for_the_role_first(world: World) -> None:
    """Sign-in, then the role, then the request."""
    person = world.person("two@nhs.net", COMMISSIONER, (SINGLE, Role.PROVIDER_USER))
    asked = world.open_request("ask10@nhs.net")
    browser = world.browser(person).open(f"/requests/{asked}")
    assert browser.heading == "Multiple roles are available"
    browser.send("Confirm", role=f"{SUB_ICB}:commissioner-approver")
    assert browser.heading == "Jo Asker"


def test_a_closed_organisation_can_only_be_rejected(world: World) -> None:
    """ORG-5: it takes nobody in any more."""
    world.directory.place("D81001", "Viking Practice", parent=SUB_ICB)
    world.mirror_organisation("D81001")
    asked = world.open_request("ask11@nhs.net", "D81001")
    world.directory.change("D81001", status=OrganisationStatus.DORMANT)
    browser = at_request(world, asked)
    assert "You can only reject this request." in browser.said
    browser.send("Continue", decision="approve")
    browser.send("Confirm")
    assert world.request(asked).state is RequestState.OPEN


def test_keycloak_down_loses_nothing(world: World) -> None:
    """A page that says what to do; the request is as it was, and can be decided when Keycloak is back."""
    asked = world.open_request("ask12@nhs.net")
    browser = at_request(world, asked).send("Continue", decision="approve")
    form = browser.form("Confirm")
    world.directory.go_wrong(Fault.unavailable())
    browser.send("Confirm")
    assert browser.status == 503
    assert browser.heading == "Sorry, part of the service is not answering"
    assert world.request(asked).state is RequestState.OPEN
    again = browser.client.post(form.action, data=form.fields, follow_redirects=True)
    assert "You approved the request of Jo Asker." in again.get_data(as_text=True)


def test_an_unknown_request_is_not_found(world: World) -> None:
    person, holding = approver(world)
    assert world.browser(person, holding).open(f"/requests/{uuid4()}").status == 404
