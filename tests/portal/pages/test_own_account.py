"""My profile: names, the ways to Keycloak's own pages, where one is signed in, the moved date."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from directory.vocabulary import FactorKind, Person, Role
from portal.application import create_app
from portal.mirroring.external_changes import Changer
from portal.mirroring.refresh import refresh_person
from portal.model import AuditKind
from portal.model.audit import AuditEvent
from portal.model.sessions import PortalSession
from portal.pages.signin import outcomes
from portal.services import now
from portal.store import audit
from portal.store.moved_clock import AheadClock
from tests.support.builders.world import COOKIE, SINGLE, World, build_places
from tests.support.pages.browser import Browser

USER = Role.PROVIDER_USER


def member(world: World, email: str) -> Browser:
    return world.browser(world.person(email, (SINGLE, USER), first="Ann", last="Lee"))


def test_edit_names(world: World) -> None:
    """PRO-2: and the header shows it at once."""
    browser = member(world, "renames@nhs.net").open("/profile/details").follow("Edit name")
    assert browser.form("Save").fields["last_name"] == "Lee"
    browser.send("Save", last_name="  O'Neill-Łuksza ")
    assert browser.heading == "User details"
    assert "Your name was changed." in browser.said
    assert "Ann O'Neill-Łuksza" in browser.text.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ("", "Enter your first name"),
        ("evil.example", "First name can have a full stop only after an initial"),
        ("x" * 61, "First name must be 60 characters or fewer"),
    ],
)
def test_what_no_name_can_be(world: World, first: str, told: str) -> None:
    """NOT-3: told beside the field, which keeps what was typed."""
    browser = member(world, f"no.{len(first)}@nhs.net").open("/profile/details/edit")
    browser.send("Save", first_name=first)
    assert browser.problems[0].startswith(told)
    assert browser.form("Save").fields["first_name"] == first


def put_on_record(world: World, person: Person) -> None:
    """That Carol gave them their role at SINGLE."""
    event = AuditEvent(
        AuditKind.ROLE_GRANTED,
        person.id,
        "x",
        "Carol Person",
        organisation_code=SINGLE,
        before={"held": False},
        after={"held": True, "role": USER.value},
    )
    with world.sessions.begin() as session:
        audit.append(session, event, world.clock())


def test_who_granted_a_role_and_when(world: World) -> None:
    """PRO-3: as the audit has it; a role of which it has nothing says nothing."""
    person = world.person("granted@nhs.net", (SINGLE, USER), ("P003", USER))
    put_on_record(world, person)
    said = world.browser(person).open("/profile/roles").said
    assert said.count("Given by Carol Person on") == 1


def test_who_gave_a_role_again_in_the_console(world: World) -> None:
    """PRO-3: the last who did, and not somebody whose giving was taken back since."""
    person = world.person("regiven@nhs.net", (SINGLE, USER))
    put_on_record(world, person)
    console = Changer("kay", "Kay Console", "")
    world.directory.take_every_role(person.id)
    refresh_person(world.services, person.id, console)
    world.directory.grant(person.id, world.directory.organisation(SINGLE), USER)
    refresh_person(world.services, person.id, console)
    said = world.browser(person).open("/profile/roles").said
    assert "Given by Kay Console on" in said
    assert "Carol" not in said


@pytest.mark.parametrize(
    "path", ["/profile/password", "/profile/email", "/profile/authenticator-app", "/profile/passkey"]
)
def test_keycloaks_pages_need_the_forms_token(world: World, path: str) -> None:
    """AUT-8: another site can't send a person into one of them."""
    browser = member(world, f"{uuid4()}@nhs.net")
    assert browser.client.post(path).status_code == 400
    assert browser.client.get(path).status_code == 404


def test_only_ones_own_second_factor_can_be_removed(world: World) -> None:
    """AUT-8: another's isn't even known."""
    other = world.person("others.factor@nhs.net", (SINGLE, USER))
    world.directory.add_second_factor(other.id, FactorKind.PASSKEY)
    (factor,) = world.directory.second_factors(other.id)
    browser = member(world, "wants.others@nhs.net").open("/profile/details")
    token = browser.form("Change password").fields["csrf_token"]
    answer = browser.client.post(f"/profile/second-factors/{factor.id}/remove", data={"csrf_token": token})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("action", "status", "said"),
    [
        ("UPDATE_PASSWORD", "success", "Your password was changed."),
        ("UPDATE_EMAIL", "cancelled", "Your email address was not changed."),
        ("CONFIGURE_TOTP", "error", "No authenticator app was added. The sign-in service could not do it."),
        ("delete_credential", "success", "It was removed from your account."),
        ("delete_credential", "", "Nothing was removed."),
        ("something-new", "success", "It was done."),
    ],
)
def test_what_is_said_on_coming_back(action: str, status: str, said: str) -> None:
    """AUT-8: by how Keycloak says that it ended; a made-up end is none."""
    assert outcomes.of(action, status)[0].startswith(said)


def test_where_one_is_signed_in(world: World) -> None:
    """AUT-11: browser, address, since, last seen; the others can be ended, one or all."""
    person = world.person("places@nhs.net", (SINGLE, USER))
    here, phone, library = (world.browser(person, keycloak_sid=sid) for sid in ("here", "phone", "library"))
    for sid in ("here", "phone", "library", "another-application"):
        world.directory.sign_in(person.id, sid, f"192.0.2.{len(sid)}")
    with world.sessions.begin() as session:
        at_phone = PortalSession.keycloak_sid == "phone"
        facts = {"device": "Safari on iPhone", "address": "198.51.100.4"}
        session.execute(update(PortalSession).where(at_phone).values(facts))
    here.open("/profile").follow("Signing in")
    assert here.said.count("Last seen") == 1 + 4
    assert "Safari on iPhone IP address 198.51.100.4" in here.said
    assert here.said.count("This browser") == 1
    form = next(
        form for form in map(here._form, here.page.iter("form")) if form.fields.get("place") == "phone"
    )
    here.client.post(form.action, data=form.fields)
    assert phone.client.get("/home").status_code == 303
    assert library.client.get("/home").status_code == 200
    here.open("/profile/sign-in").send("Sign out everywhere else")
    assert "You are signed out there." in here.said
    assert library.client.get("/home").status_code == 303
    assert [one.id for one in world.directory.sessions(person.id)] == ["here"]
    assert "Sign out everywhere else" not in here.said


def test_a_made_up_place_ends_nothing(world: World) -> None:
    """AUT-11: nor does one's own, by the wrong button, or another person's."""
    person, other = world.person("mine@places.example", (SINGLE, USER)), world.person("other@places.example")
    here = world.browser(person, keycloak_sid="mine")
    world.browser(other, keycloak_sid="theirs")
    for who, sid in ((person, "mine"), (person, "more"), (other, "theirs")):
        world.directory.sign_in(who.id, sid)
    token = here.open("/profile/sign-in").form("Sign out").fields["csrf_token"]
    for place in ("mine", "theirs", "nonsense"):
        answer = here.client.post("/profile/sign-in/end", data={"csrf_token": token, "place": place})
        assert answer.status_code == 303
    assert here.open("/home").heading == "Home"
    assert len(world.directory.sessions(person.id)) == 2
    assert len(world.directory.sessions(other.id)) == 1


def test_there_is_no_date_to_change(world: World) -> None:
    """PRO-7: off by default: no tile, no page, no act."""
    browser = member(world, "no.date@nhs.net").open("/profile")
    assert "System date change" not in browser.said
    assert browser.open("/profile/system-date").status == 404


def test_the_date_is_moved_and_signs_nobody_out(database: str) -> None:
    """PRO-7: with its switch; said on every page; on record; and back again."""
    world = build_places(database, CQRS_SYSTEM_DATE_CHANGE="true")
    ahead = AheadClock(world.services.sessions, now)
    moved = replace(world, services=replace(world.services, clock=ahead))
    moved.services.wait.services = moved.services
    browser = moved.browser(moved.person("moves@nhs.net", (SINGLE, USER)))
    browser.open("/profile").follow("System date change")
    assert browser.send("Save", days="-1").problems == ["Enter a number of days from 0 to 732"]
    browser.send("Save", days="30")
    assert "The date was moved." in browser.said
    ahead._until = 0
    assert ahead() - now() > timedelta(days=29)
    browser.open("/home")
    assert f"is now {ahead().day} {ahead():%B %Y}" in browser.text
    browser.open("/profile/system-date").send("Save", days="0")
    ahead._until = 0
    assert ahead() - now() < timedelta(days=1)


def test_sign_out_keeps_nothing(world: World) -> None:
    """AUT-11: neither cookie nor pages; said to the browser with the answer itself."""
    browser = member(world, "leaves@nhs.net").open("/profile/details")
    assert browser.client.get("/profile/details").headers["Cache-Control"] == "no-store"
    token = browser.form("Sign out").fields["csrf_token"]
    answer = browser.client.post("/signout", data={"csrf_token": token})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.client.get_cookie(COOKIE, "localhost") is None
    assert create_app(world.services).test_client().get("/signed-out").headers["Clear-Site-Data"]


def test_sign_out_keeps_nothing_once_the_session_has_ended(world: World) -> None:
    """AUT-11: by a page that was left open; nor what was begun at Keycloak, whose own session may go on."""
    browser, begun = member(world, "late@nhs.net").open("/profile/details"), f"{COOKIE}-begun-by-her"
    with world.sessions.begin() as db:
        db.execute(update(PortalSession).values(expires_at=now()))
    browser.client.set_cookie(begun, "sealed", domain="localhost")
    answer = browser.client.post("/signout", data=browser.form("Sign out").fields)
    assert "/protocol/openid-connect/logout?" in answer.headers["Location"]
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.client.get_cookie(begun, "localhost") is None
