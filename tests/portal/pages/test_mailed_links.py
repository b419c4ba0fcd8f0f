"""Links to register that the portal mails to providers: what goes where, once confirmed, and its state."""

from dataclasses import replace
from uuid import uuid4

from directory.vocabulary import Person, Role
from portal.model import AuditEntry, AuditKind, Mail, MailKind
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

COMMISSIONER = Role.COMMISSIONER_APPROVER


def commissioner(world: World) -> Browser:
    person = world.person(f"{uuid4()}@nhs.net", (SUB_ICB, COMMISSIONER), first="Carol", last="Payer")
    return world.browser(person, world.holding(SUB_ICB, COMMISSIONER))


def at(world: World, code: str, role: Role = Role.PROVIDER_USER) -> Person:
    return world.person(f"{uuid4()}@nhs.net", (code, role))


def mailed(world: World, address: str) -> list[Mail]:
    world.work()
    with world.sessions() as db:
        return list(db.query(Mail).filter_by(kind=MailKind.REGISTER_LINK, to_address=address))


def test_a_nul_chooses_nobody_and_names_no_sending(world: World) -> None:
    """Which the database takes in no text."""
    una, browser = at(world, SINGLE), commissioner(world)
    browser.open(f"/providers/links?chosen={SINGLE}&chosen=%00")
    browser.send("Continue", chosen=[SINGLE, "\0"])
    assert browser.heading == "Check what will be emailed"
    shown = [one.get("value", "") for one in browser.page.iter("input") if one.get("name") == "shown"]
    browser.send("Send emails", chosen=[SINGLE, "\0"], shown=shown, sending="\0")
    assert "on the way." in browser.said
    assert len(mailed(world, una.email)) == 1


def test_many_at_once(world: World) -> None:
    """REG-5: to a provider's people, or to an address typed in; and the state of each afterwards."""
    una, typed = at(world, SINGLE), f"manager.{uuid4()}@nhs.net"
    opted_out = at(world, SINGLE)
    world.directory.set_wants_email(opted_out.id, False)
    world.mirror(opted_out.id)
    browser = commissioner(world).open(f"/providers/links?chosen={SINGLE}&chosen={MULTI}")
    browser.send("Continue", **{"chosen": [SINGLE, MULTI], f"to-{MULTI}": typed.upper()})
    assert browser.heading == "Check what will be emailed"
    for fact in ("Fair Isle Surgery", una.email, "Cromarty Medical", typed):
        assert fact in browser.said
    assert opted_out.email not in browser.said
    assert mailed(world, una.email) == []
    fields = browser.form("Send emails").fields
    shown = [one.get("value", "") for one in browser.page.iter("input") if one.get("name") == "shown"]
    browser.send("Send emails", chosen=[SINGLE, MULTI], shown=shown)
    assert "on the way." in browser.said
    assert fields["confirm"] == "yes"
    [to_una], [to_manager] = mailed(world, una.email), mailed(world, typed)
    assert to_una.context["code"] == SINGLE
    assert to_manager.context == {
        "organisation": "Cromarty Medical",
        "code": MULTI,
        "by": "Carol Payer",
        "office": "an approver for Place A",
    }
    assert mailed(world, opted_out.email) == []
    states = browser.open("/providers/links/sent?size=100").said
    for fact in (una.email, typed, "Carol Payer", "Queued"):
        assert fact in states
    elsewhere = world.person(f"{uuid4()}@nhs.net", ("B01", COMMISSIONER))
    other = world.browser(elsewhere, world.holding("B01", COMMISSIONER))
    assert typed not in other.open("/providers/links/sent?size=100").said
    with world.sessions() as db:
        kinds = db.query(AuditEntry).filter_by(kind=AuditKind.REGISTER_LINK_SENT, subject=MULTI).all()
    assert [one.after for one in kinds] == [{"addresses": [typed]}]


def test_who_came_meanwhile_is_shown_first(world: World) -> None:
    """REG-5: nothing goes where the page didn't say."""
    code = "G60001"
    world.directory.place(code, "New Practice", parent=SUB_ICB)
    world.mirror_organisation(code)
    first = at(world, code)
    browser = commissioner(world).open(f"/providers/{code}").follow("Have this link emailed")
    browser.send("Continue")
    second = at(world, code)
    browser.send("Send emails")
    assert "Who gets the links has changed. Check this again." in browser.said
    assert second.email in browser.said
    assert mailed(world, first.email) == []


def test_nobody_there_and_no_address(world: World) -> None:
    """REG-5: a new practice has nobody yet."""
    code = "G60002"
    world.directory.place(code, "Lonely Practice", parent=SUB_ICB)
    world.mirror_organisation(code)
    browser = commissioner(world).open(f"/providers/links?chosen={code}")
    browser.send("Continue")
    assert "Nothing goes to Lonely Practice" in browser.said
    browser.open(f"/providers/links?chosen={code}").send("Continue", **{f"to-{code}": "no address"})
    assert browser.problems == [f"Enter an email address in the correct format for {code}, like name@nhs.net"]


def test_one_wrong_address_costs_no_other(world: World) -> None:
    """REG-5: of many typed in, all are there still; the problem leads to the one that is wrong.

    So they are when somebody goes back from the check to change one.
    """
    typed = {f"to-{SINGLE}": "manager@nhs.net", f"to-{MULTI}": "no address"}
    browser = commissioner(world).open(f"/providers/links?chosen={SINGLE}&chosen={MULTI}")
    browser.send("Continue", chosen=[SINGLE, MULTI], **typed)
    assert browser.heading == "Links to register"
    fields = browser.form("Continue").fields
    assert {name: fields[name] for name in typed} == typed
    assert f'href="#to-{MULTI}"' in browser.text
    assert f'id="to-{MULTI}-error"' in browser.text
    browser.send("Continue", chosen=[SINGLE, MULTI], **typed | {f"to-{MULTI}": ""})
    assert browser.heading == "Check what will be emailed"
    browser.send("Change")
    assert browser.form("Continue").fields[f"to-{SINGLE}"] == typed[f"to-{SINGLE}"]


def test_two_clicks_send_once(world: World) -> None:
    """REG-5: and both are told that it is on the way; the same can be sent again another time."""
    typed = f"manager.{uuid4()}@nhs.net"
    browser = commissioner(world)
    for times in (1, 2):
        browser.open(f"/providers/links?chosen={SINGLE}").send("Continue", **{f"to-{SINGLE}": typed})
        form = browser.form("Send emails")
        for _ in range(2):
            answer = browser.client.post(form.action, data=form.fields, follow_redirects=True)
            assert "1 email is on the way." in answer.text
        assert len(mailed(world, typed)) == times


def test_anothers_provider_is_refused(world: World) -> None:
    """ROL-2: also when it is posted past the page."""
    browser = commissioner(world).open(f"/providers/links?chosen={SINGLE}")
    token, typed = browser.form("Continue").fields["csrf_token"], f"{uuid4()}@nhs.net"
    form = {
        "csrf_token": token,
        "chosen": "P003",
        "to-P003": typed,
        "confirm": "yes",
        "shown": f"P003:{typed}",
    }
    assert browser.client.post("/providers/links/email", data=form).status_code == 403
    assert mailed(world, typed) == []


def test_more_than_can_go_in_a_day(world: World) -> None:
    """REG-5: however long somebody waits; the page says how many fewer, and posted past it nothing goes."""
    tight = world.services.settings.model_copy(update={"link_limit": 1})
    browser = commissioner(replace(world, services=replace(world.services, settings=tight)))
    typed = {f"to-{code}": f"manager.{uuid4()}@nhs.net" for code in (SINGLE, MULTI)}
    browser.open(f"/providers/links?chosen={SINGLE}&chosen={MULTI}")
    browser.send("Continue", chosen=[SINGLE, MULTI], **typed)
    assert "Choose fewer providers" in browser.said
    assert "This is 2 emails, and you can have 1 sent in a day. Send at least 1 fewer now" in browser.said
    assert "Send emails" not in browser.text
    fields = browser.form("Change").fields
    past = {"confirm": "yes", "sending": "draft", "chosen": [SINGLE, MULTI], **typed}
    past |= {"shown": [f"{code}:{typed[f'to-{code}']}" for code in (SINGLE, MULTI)]}
    past |= {"csrf_token": fields["csrf_token"]}
    answer = browser.client.post("/providers/links/email", data=past)
    assert "Choose fewer providers" in answer.text
    assert [mailed(world, address) for address in typed.values()] == [[], []]
    assert browser.follow("Choose providers again").heading == "Providers"
    browser.open(f"/providers/links?chosen={SINGLE}").send(
        "Continue", **{f"to-{SINGLE}": typed[f"to-{SINGLE}"]}
    )
    browser.send("Send emails")
    assert "1 email is on the way." in browser.said
