"""The Service Desk's pages: e-mails, what is not applied, the audit."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from directory.vocabulary import Role
from portal.model.mail import Mail, MailKind, MailState
from tests.pages.browser import Browser
from tests.pages.world import CLOSED, SINGLE, World


def desk(world: World) -> Browser:
    person = world.person(f"{uuid4()}@desk.nhs.uk", ("", Role.SERVICE_DESK), first="Sam", last="Desk")
    return world.browser(person, world.holding("", Role.SERVICE_DESK))


def mail(world: World, address: str, state: MailState) -> Mail:
    now = datetime.now(UTC)
    row = Mail(
        to_address=address,
        kind=MailKind.NO_ACCOUNT,
        context={},
        state=state,
        created_at=now,
        retry_until=now + timedelta(hours=1),
        error="550 no such mailbox" if state is MailState.REFUSED else "",
        message_id=f"<{uuid4()}@cqrs>",
    )
    with world.sessions.begin() as db:
        db.add(row)
    return row


def test_the_tiles(world: World) -> None:
    mail(world, "tile@nhs.net", MailState.REFUSED)
    browser = desk(world).open("/service-desk")
    assert "not delivered)" in browser.said


def test_mail_is_shown_and_sent_again(world: World) -> None:
    """NOT-2: states kept, the refused one with its reason; sending again is recorded."""
    refused = mail(world, "refused@nhs.net", MailState.REFUSED)
    mail(world, "sent@nhs.net", MailState.SENT)
    browser = desk(world).open("/service-desk/emails?state=refused&q=refused@")
    assert "550 no such mailbox" in browser.said
    assert "sent@nhs.net" not in browser.said
    browser.send("Send again")
    assert "The email is being sent again." in browser.said
    with world.sessions() as db:
        again = db.get(Mail, refused.id)
        assert again
        assert again.state is MailState.QUEUED
    assert "Mail resent" in browser.open("/service-desk/audit?kind=mail-resent").said


def test_people_left_with_no_open_organisation(world: World) -> None:
    """ORG-5: those whose every organisation has closed, not those with another one still open."""
    world.person("stranded@nhs.net", (CLOSED, Role.PROVIDER_USER), first="Lone", last="Stranded")
    world.person("settled@nhs.net", (CLOSED, Role.PROVIDER_USER), (SINGLE, Role.PROVIDER_USER))
    world.person("helper@nhs.net", (CLOSED, Role.PROVIDER_USER), ("", Role.SERVICE_DESK))
    browser = desk(world).open("/service-desk/people-with-no-open-organisation")
    assert "Everybody who holds a role holds one at an open organisation." in browser.said
    world.directory.change(CLOSED, status="closed")
    world.mirror_organisation(CLOSED)
    browser.open("/service-desk/people-with-no-open-organisation")
    assert "Lone Stranded Email address stranded@nhs.net Closed organisations Dogger Practice" in browser.said
    assert "settled@nhs.net" not in browser.said
    assert "helper@nhs.net" not in browser.said
    assert "People with no open organisation (1)" in browser.open("/service-desk").said


def test_the_audit_is_searched_and_downloaded(world: World) -> None:
    """AUD-2: by person, organisation, kind and date; the file holds what the page shows."""
    asked = world.request("audited@nhs.net", first_name="=cmd()")
    browser = desk(world).open(f"/requests/{asked}").send("Continue", decision="reject", reason="=1+1")
    browser.send("Confirm")
    day = datetime.now(UTC).date().isoformat()
    browser.open(
        f"/service-desk/audit?person=audited&organisation=a81001&kind=request-rejected&since={day}&until={day}"
    )
    assert "Showing 1 entry" in browser.said
    assert "Sam Desk" in browser.said
    rows = list(
        csv.DictReader(
            io.StringIO(browser.client.get("/service-desk/audit/audit.csv").get_data(as_text=True))
        )
    )
    [row] = [one for one in rows if one["subject"] == "audited@nhs.net" and one["kind"] == "request-rejected"]
    assert row["reason"] == "'=1+1"
    assert row["actor_name"] == "Sam Desk"


def test_nonsense_in_the_search_is_told(world: World) -> None:
    browser = desk(world).open("/service-desk/audit?since=yesterday&kind=x&page=abc")
    assert "Enter a date as day/month/year, such as 27/3/2026" in browser.problems


def test_nothing_waits(world: World) -> None:
    assert "Approved, and not applied None." in desk(world).open("/service-desk/waiting").said


def test_an_unknown_effect_is_not_found(world: World) -> None:
    browser = desk(world).open("/profile/notification-settings")
    token = browser.form("Save").fields["csrf_token"]
    for address in (
        "/service-desk/waiting/effects/999999",
        f"/service-desk/waiting/requests/{uuid4()}",
        f"/service-desk/emails/{uuid4()}/resend",
    ):
        assert browser.client.post(address, data={"csrf_token": token}).status_code == 404, address
