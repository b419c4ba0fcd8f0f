"""The Service Desk's pages: e-mails, what is not applied, the audit."""

import csv
import io
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from directory.vocabulary import Role
from portal.effects import grant, send_mail
from portal.model.audit import AuditEntry, AuditKind
from portal.model.effects import Effect
from portal.model.mail import Mail, MailKind, MailState
from portal.model.requests import AccessRequest, RequestState
from tests.portal.pages.test_users_file import MARK
from tests.support.builders.world import CLOSED, SINGLE, World
from tests.support.pages.browser import Browser


def desk(world: World) -> Browser:
    person = world.person(f"{uuid4()}@desk.nhs.uk", ("", Role.SERVICE_DESK), first="Sam", last="Desk")
    return world.browser(person, world.holding("", Role.SERVICE_DESK))


def mail(world: World, address: str, state: MailState) -> Mail:
    now = world.clock()
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
    asked = world.open_request("audited@nhs.net", first_name="=cmd()")
    browser = desk(world).open(f"/requests/{asked}").send("Continue", decision="reject", reason="=1+1")
    browser.send("Confirm")
    day = world.clock().date().isoformat()
    browser.open(
        f"/service-desk/audit?person=audited&organisation=p001&kind=request-rejected&since={day}&until={day}"
    )
    assert "Showing 1 entry" in browser.said
    assert "Sam Desk" in browser.said
    file = browser.client.get("/service-desk/audit/audit.csv").text
    assert file.startswith(MARK)
    rows = list(csv.DictReader(io.StringIO(file.removeprefix(MARK))))
    [row] = [one for one in rows if one["subject"] == "audited@nhs.net" and one["kind"] == "request-rejected"]
    assert row["reason"] == "'=1+1"
    assert row["actor_name"] == "Sam Desk"


WRONG = "Enter a date as day/month/year, such as 27/3/2026"
FAR = "Enter a date from 1/1/2000 to 31/12/2099"


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("since=yesterday&page=abc", WRONG),
        ("until=2026-02-30", WRONG),
        ("until=9999-12-31", FAR),
        ("since=0001-01-01", FAR),
        ("since=2026-03-28&until=2026-03-27", "To must be the same as or after From"),
        ("kind=x", "Not a valid choice."),
    ],
)
def test_nonsense_in_the_search_is_told_and_finds_nothing(world: World, asked: str, problem: str) -> None:
    """AUD-2: neither on the page nor in the file is anything that wasn't sought."""
    browser = on_record(world)
    for address in ("/service-desk/audit", "/service-desk/audit/audit.csv"):
        browser.open(f"{address}?{asked}")
        assert browser.problems == [problem]
        assert browser.title.startswith("Error: ")
        assert not list(browser.page.iter("td"))
        assert "Download" not in browser.said
    assert browser.status == 400
    assert "content-disposition" not in browser.client.get(f"{address}?{asked}").headers
    browser.send("Search", since="", until="", kind="")
    assert "Download these as CSV" in browser.said


def on_record(world: World) -> Browser:
    """Somebody of the Service Desk, who has just rejected a request."""
    asked = world.open_request(f"{uuid4()}@nhs.net")
    browser = desk(world).open(f"/requests/{asked}").send("Continue", decision="reject", reason="No")
    return browser.send("Confirm")


def test_the_furthest_days_are_searched(world: World) -> None:
    """AUD-2: up to the bounds, both included."""
    browser = on_record(world).open(
        "/service-desk/audit?since=1/1/2000&until=31/12/2099&kind=request-rejected"
    )
    assert browser.problems == []
    assert "Sam Desk" in browser.said


def could_not_be_applied(world: World) -> UUID:
    """An approved request whose role couldn't be given."""
    now = world.clock() - timedelta(minutes=5)
    facts = {"state": RequestState.APPROVED, "decided_at": now, "problem": "It was closed."}
    return world.open_request(f"{uuid4()}@nhs.net", first_name="Nora", last_name="New", **facts)


def test_an_approved_request_is_tried_again(world: World) -> None:
    """APR-4, AUD-1: the role is given, and who had it tried is on record with where from."""
    asked = could_not_be_applied(world)
    browser = desk(world).open("/service-desk/waiting")
    assert "It was closed." in browser.said
    browser.send("Try again")
    assert "It is being tried again." in browser.said
    assert "It was closed." not in browser.said
    assert world.request(asked).applied_at
    browser.open("/service-desk/audit?kind=grant-tried-again&person=Nora+New")
    assert who(browser) == ["Sam Desk", "Service Desk", "from 127.0.0.1"]


def test_an_approved_request_that_can_not_be_applied_is_ended(world: World) -> None:
    """APR-4: it leaves the list, and its page says why it ended."""
    asked = could_not_be_applied(world)
    browser = desk(world).open("/service-desk/waiting").send("End the request")
    assert "The request of Nora New has ended. We will tell them." in browser.said
    assert world.request(asked).state is RequestState.LAPSED
    assert "It was closed." not in browser.open("/service-desk/waiting").said
    said = browser.open(f"/requests/{asked}").said
    assert "Lapsed by Sam Desk (Service Desk)" in said
    assert "It was closed." in said


@pytest.mark.parametrize(
    "asked", ["endpoint=x", "_external=1", "_scheme=ftp", "_anchor=there", "_method=POST"]
)
def test_the_file_is_of_what_the_page_shows(world: World, asked: str) -> None:
    """AUD-2: by an address of this portal, whatever else a browser sends."""
    browser = on_record(world).open(f"/service-desk/audit?kind=request-rejected&page=1&{asked}")
    [link] = [one.attrib["href"] for one in browser.page.iter("a") if "Download" in (one.text or "")]
    assert link == f"/service-desk/audit/audit.csv?kind=request-rejected&{asked}"


def who(browser: Browser) -> list[str]:
    """The cell of the only entry that says who, in which role and from where."""
    [row] = [row for body in browser.page.iter("tbody") for row in body.iter("tr")]
    return [" ".join(text.split()) for text in list(row)[3].itertext() if text.strip()][-3:]


def test_a_refused_change_is_tried_again(world: World) -> None:
    """APR-4, AUD-1: the change is made, and who had it tried is on record with where from."""
    asked = could_not_be_applied(world)
    with world.sessions.begin() as db:
        db.get_one(AccessRequest, asked).problem = ""
        effect = grant.queue(db, db.get_one(AccessRequest, asked), None, world.clock())
        effect.parked_at, effect.last_error = world.clock(), "DirectoryRefused: 400"
    browser = desk(world).open("/service-desk/waiting")
    assert "DirectoryRefused: 400" in browser.said
    browser.send("Try again")
    assert "It is being tried again." in browser.said
    assert world.request(asked).applied_at
    browser.open("/service-desk/audit?kind=change-tried-again")
    assert who(browser) == ["Sam Desk", "Service Desk", "from 127.0.0.1"]
    assert "DirectoryRefused: 400" in browser.said


def test_a_parked_message_says_why_and_is_sent_again(world: World) -> None:
    """NOT-2: it is queued, and still has the button."""
    stuck, waits = (
        mail(world, "stuck@nhs.net", MailState.QUEUED),
        mail(world, "waits@nhs.net", MailState.QUEUED),
    )
    with world.sessions.begin() as db:
        for one in (stuck, waits):
            send_mail.queue(db, one, world.clock())
        [effect] = db.scalars(select(Effect).where(Effect.key == send_mail.key_of(stuck.id)))
        effect.parked_at, effect.last_error = world.clock(), "KeyError: 'code'"
    browser = desk(world).open("/service-desk/emails?q=waits@")
    with pytest.raises(LookupError):
        browser.form("Send again")
    browser.open("/service-desk/emails?q=stuck@")
    assert "KeyError: 'code'" in browser.said
    browser.send("Send again")
    with world.sessions() as db:
        again = db.get_one(Effect, effect.id)
        assert (again.parked_at, again.attempts) == (None, 1)
        assert db.get_one(Mail, stuck.id).error


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


def readings(world: World) -> list[AuditEntry]:
    """Who looked at the audit, as it says itself."""
    kinds = (AuditKind.AUDIT_READ, AuditKind.AUDIT_DOWNLOADED)
    with world.sessions() as db:
        found = select(AuditEntry).where(AuditEntry.kind.in_(kinds)).order_by(AuditEntry.seq)
        return list(db.scalars(found))


def test_who_reads_the_audit_is_in_it(world: World) -> None:
    """AUD-3: a page read, a file downloaded, and what was sought; not a search that could not be made."""
    before = len(readings(world))
    browser = desk(world).open("/service-desk/audit?person=Nora&page=1")
    browser.client.get("/service-desk/audit/audit.csv?organisation=p001")
    browser.open("/service-desk/audit?since=yesterday")
    read, downloaded = readings(world)[before:]
    assert (read.kind, read.after) == (AuditKind.AUDIT_READ, {"sought": {"person": "Nora"}, "page": 1})
    assert downloaded.after == {"sought": {"organisation": "p001"}}
    assert {(one.actor_name, one.actor_role) for one in (read, downloaded)} == {("Sam Desk", "service-desk")}
    browser.open("/service-desk/audit")
    browser.open("/service-desk/audit?kind=audit-read")
    for said in ("sought: person Nora", "sought: anything"):
        assert said in browser.said
    assert "{" not in browser.said


def test_who_may_not_read_it_leaves_no_reading(world: World) -> None:
    """AUD-2: it is the Service Desk's."""
    before = len(readings(world))
    person = world.person(f"{uuid4()}@nhs.net", ("A01", Role.COMMISSIONER_APPROVER))
    browser = world.browser(person, world.holding("A01", Role.COMMISSIONER_APPROVER))
    assert browser.open("/service-desk/audit").status == 403
    assert len(readings(world)) == before
