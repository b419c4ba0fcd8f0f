"""Browser sessions, and powers that end while one is open."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from directory.vocabulary import Role
from portal.model.sessions import PortalSession
from portal.store import browser_sessions
from portal.web.sessions import BrowserSession, hashed
from tests.support.builders.world import COOKIE, MULTI, SINGLE, SUB_ICB, World, build_places
from tests.support.pages.browser import Browser

ROLE = Role.COMMISSIONER_APPROVER


def token(browser: object) -> str:
    return str(browser.client.get_cookie(COOKIE, "localhost").value)  # type: ignore[attr-defined]


def test_a_public_page_leaves_no_session(world: World) -> None:
    """Neither cookie nor row for somebody who only reads."""
    browser = world.browser()
    for path in ("/", "/help", "/health", "/register/organisations?q=x"):
        browser.open(path)
        assert browser.client.get_cookie(COOKIE, "localhost") is None, path


def test_the_cookie(world: World) -> None:
    """Not for scripts, not for other sites, and not the table's own value."""
    answer = world.app.test_client().get("/register")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    with world.sessions() as db:
        assert cookie.split("=")[1].split(";")[0] not in list(db.scalars(select(PortalSession.token_hash)))


def test_the_cookie_in_production_is_secure(database: str) -> None:
    """`__Host-`: by https only, and for this very host."""
    world = build_places(database, CQRS_PORTAL_URL="https://accounts.cqrs.example")
    cookie = (
        world.app.test_client()
        .get("/register", base_url="https://accounts.cqrs.example")
        .headers["Set-Cookie"]
    )
    assert cookie.startswith("__Host-cqrs=")
    assert "Secure" in cookie


@pytest.mark.parametrize("made_up", ["x", "", "' or 1=1 --", "x" * 4000])
def test_a_made_up_token_is_nobody(world: World, made_up: str) -> None:
    browser = world.browser()
    browser.client.set_cookie(COOKIE, made_up, domain="localhost")
    assert browser.client.get("/home").status_code == 303


def test_a_session_ends_by_itself(world: World) -> None:
    """After what Keycloak said of its own."""
    person = world.person("expires@nhs.net", (SINGLE, Role.PROVIDER_USER))
    browser = world.browser(person).open("/home")
    assert browser.status == 200
    is_of(world, browser, expires_at=world.clock() - timedelta(minutes=1))
    assert browser.client.get("/home").headers["Location"].startswith("/signin")
    assert is_forgotten(world, browser)


def test_nobody_is_signed_out_sooner_than_the_realm_says(world: World) -> None:
    """AUT-11: where it lets people be away for two hours, ours is no shorter."""
    person = world.person("away@nhs.net", (SINGLE, Role.PROVIDER_USER))
    browser = world.browser(person).open("/home")
    is_of(world, browser, last_seen_at=world.clock() - timedelta(hours=2))
    assert browser.client.get("/home").status_code == 200
    assert not is_forgotten(world, browser)


def test_what_a_stranger_began_goes_after_an_hour(world: World) -> None:
    """A form left alone: it is opened anew, and no row is kept of it."""
    browser = world.browser().open("/register/new-link")
    form = browser.form("Send a new link").fields | {"email": "left@nhs.net"}
    is_of(world, browser, last_seen_at=world.clock() - timedelta(hours=2))
    assert browser.client.post("/register/new-link", data=form).status_code == 400
    assert is_forgotten(world, browser)


def is_of(world: World, browser: Browser, **times: datetime) -> None:
    with world.sessions.begin() as db:
        its = PortalSession.token_hash == hashed(token(browser))
        db.execute(update(PortalSession).where(its).values(times))


def is_forgotten(world: World, browser: Browser) -> bool:
    """Once the worker has tidied up."""
    its = hashed(token(browser))
    with world.sessions.begin() as db:
        browser_sessions.forget_ended(db, world.clock())
        return db.get(PortalSession, its) is None


def test_one_that_begins_anew_takes_the_place_of_the_other(world: World) -> None:
    """With what somebody has who isn't signed in, such as a form's token."""
    itself, interface = BrowserSession({"kept": "before"}), world.app.session_interface
    tokens = []
    for kept in ("before", "after"):
        itself.start_anew()
        itself["kept"] = kept
        with world.app.test_request_context("/register"):
            interface.save_session(world.app, itself, world.app.make_response(""))
        tokens.append(itself.token)
    with world.sessions() as db:
        assert db.get(PortalSession, hashed(tokens[0])) is None
        row = db.get(PortalSession, hashed(tokens[1]))
        assert row
        assert (row.data, row.refresh_token, row.device) == ({"kept": "after"}, "", "")


def test_ended_elsewhere(world: World) -> None:
    """AUT-6: by Keycloak's session or by the person; others stay."""
    person = world.person("ended@nhs.net", (SINGLE, Role.PROVIDER_USER))
    one, two = world.browser(person), world.browser(person)
    with world.sessions.begin() as db:
        row = db.get(PortalSession, hashed(token(one)))
        assert row
        browser_sessions.end(db, sid=row.keycloak_sid or "")
    assert one.client.get("/home").status_code == 303
    assert two.client.get("/home").status_code == 200
    with world.sessions.begin() as db:
        browser_sessions.end(db, person_id=person.id)
    assert two.client.get("/home").status_code == 303


def test_an_ended_session_is_not_brought_back_by_a_page_that_was_open(world: World) -> None:
    """A page of an ended session that sends a form gets nothing and leaves no row."""
    person = world.person("revive@nhs.net", (SINGLE, Role.PROVIDER_USER))
    browser = world.browser(person).open("/profile/notification-settings")
    with world.sessions.begin() as db:
        browser_sessions.end(db, person_id=person.id)
    browser.client.post(browser.path, data=browser.form("Save").fields)
    with world.sessions() as db:
        assert db.get(PortalSession, hashed(token(browser))) is None


def test_a_disabled_person_is_out(world: World) -> None:
    """ROL-3: from the next click, and told so."""
    person = world.person("disabled@nhs.net", (SUB_ICB, ROLE))
    browser = world.browser(person).open("/home")
    world.directory.disable(person.id)
    world.mirror(person.id)
    browser.open("/home")
    assert browser.heading == "You are signed out"
    assert "Your account is disabled." in browser.said
    assert browser.client.get("/profile").status_code == 303


def test_a_locked_person_keeps_their_powers(world: World) -> None:
    """ROL-3: the session stays, and so does every role's page."""
    person = world.person("locked@nhs.net", (SUB_ICB, ROLE))
    browser = world.browser(person)
    world.directory.lock(person.id)
    world.mirror(person.id)
    browser.open("/requests")
    assert browser.status == 200
    assert browser.heading == "Requests"


def test_a_role_that_is_gone_is_chosen_anew(world: World) -> None:
    """The active role was taken away: no page of it opens, another role may be chosen."""
    person = world.person("gone@nhs.net", (SUB_ICB, ROLE), (SINGLE, Role.PROVIDER_USER))
    browser = world.browser(person, world.holding(SUB_ICB, ROLE)).open("/requests")
    assert browser.heading == "Requests"
    world.directory.remove(person.id, world.directory.organisation(SUB_ICB), ROLE)
    world.mirror(person.id)
    assert browser.open("/requests").heading == "Choose your role"
    browser.send("Confirm", role=f"{SUB_ICB}:{ROLE.value}")
    assert browser.problems == ["You no longer hold that role. Select another."]
    browser.send("Confirm", role=f"{SINGLE}:provider-user")
    assert browser.heading == "Your active role does not open this page"


def test_the_mirror_is_late_and_the_act_is_not(world: World) -> None:
    """The page opens on the mirror, the decision is judged on Keycloak."""
    person = world.person("late@nhs.net", (SUB_ICB, ROLE))
    asked = world.open_request("asks.late@nhs.net")
    browser = world.browser(person, world.holding(SUB_ICB, ROLE)).open(f"/requests/{asked}")
    browser.send("Continue", decision="approve")
    world.directory.remove(person.id, world.directory.organisation(SUB_ICB), ROLE)
    browser.send("Confirm")
    assert browser.status == 403
    assert "You no longer hold the role you are acting in." in browser.said
    assert world.request(asked).is_open


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/home",
        "https://evil.example",
        "/\\evil.example",
        "/home\n",
        "javascript:alert(1)",
        "/signout",
        "/nowhere",
    ],
)
def test_only_our_own_pages_are_gone_back_to(world: World, wanted: str) -> None:
    """After sign-in and after choosing a role."""
    person = world.person("open.redirect@nhs.net", (SINGLE, Role.PROVIDER_USER), (MULTI, Role.PROVIDER_USER))
    client = world.browser(person).client
    assert client.get("/signin", query_string={"next": wanted}).headers["Location"] == "/home"
    browser = world.browser(person)
    browser.client.get("/role", query_string={"next": wanted})
    browser.open("/role")
    fields = browser.form("Confirm").fields | {"role": f"{SINGLE}:provider-user"}
    answer = browser.client.post("/role", query_string={"next": wanted}, data=fields)
    assert answer.headers["Location"] == "/home"


def test_forms_without_their_token_are_refused(world: World) -> None:
    """Another site can't send our forms."""
    person = world.person("csrf@nhs.net", (SINGLE, Role.PROVIDER_USER))
    answer = world.browser(person).client.post("/profile/notification-settings", data={})
    assert answer.status_code == 400
    assert world.directory.person(person.id).wants_email
