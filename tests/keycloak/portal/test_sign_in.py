"""Signing in and out with a real Keycloak, which also calls back on its own."""

import base64
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import update
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from directory.vocabulary import Role
from portal.application import create_app
from portal.model.sessions import PortalSession
from portal.web.begun import MOST
from portal.web.oidc import LOGOUT_EVENT
from tests.support.builders.world import COOKIE
from tests.support.directory.keycloak_scene import PASSWORD
from tests.support.pages.begun import cookies_set, state_of
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.site import Site, opened
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
LONGEST_WAIT = 60.0


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Site]:
    with opened(servers, database) as made:
        yield made


def test_one_role_goes_home(site: Site) -> None:
    """AUT-5: with name, role and organisation in the header."""
    site.enrol("one@nhs.net", "P11001")
    visitor = site.signed_in("One@NHS.net")
    assert visitor.heading == "Home"
    assert "Ann Lee" in visitor.text
    assert "Provider User, Practice P11001" in visitor.text


def test_several_roles_are_offered(site: Site) -> None:
    """AUT-5: and the page that was wanted comes after the choice."""
    site.enrol("several@nhs.net", "P11002", "P11003")
    assert site.signed_in("several@nhs.net").heading == "Multiple roles are available"


def test_no_role_is_at_my_profile(site: Site) -> None:
    """AUT-5: with the way to request access; until they have one, though the mirror isn't told of it yet."""
    person, role = site.enrol("none@nhs.net"), Role.PROVIDER_USER
    visitor = site.signed_in("none@nhs.net", "/signin")
    assert (visitor.heading, "/profile/request-access" in visitor.text) == ("My profile", True)
    site.practice("P11000")
    site.scene.writer.grant(person, site.services.reader.organisation("P11000"), role)
    assert site.signed_in("none@nhs.net", "/signin").heading == "Home"


def test_the_page_that_was_wanted(site: Site) -> None:
    """A mailed link: sign-in first, then there."""
    site.enrol("wanted@nhs.net", "P11004")
    assert site.signed_in("wanted@nhs.net", "/notifications").heading == "Notifications"


def test_a_new_token_at_sign_in(site: Site) -> None:
    """The token from before signing in, which another may have planted, is worth nothing after."""
    site.enrol("fixed@nhs.net", "P11005")
    visitor = site.visitor().open("/register")
    before = visitor.cookies_of_the_portal[COOKIE]
    visitor.open("/home").sign_in("fixed@nhs.net", PASSWORD)
    assert visitor.cookies_of_the_portal[COOKIE] != before
    planted = requests.get(f"{site.portal}/home", cookies={"cqrs": before}, allow_redirects=False, timeout=60)
    assert planted.status_code == 303
    assert visitor.open("/home").heading == "Home"


def test_however_often_a_browser_begins_little_is_kept_for_it(site: Site) -> None:
    """A page opened again and again: the newest few, no row; and the last try works."""
    site.enrol("again@nhs.net", "P11031")
    visitor = site.visitor()
    for _ in range(12):
        visitor.open("/signin")
    kept = visitor.cookies_of_the_portal
    assert len(kept) == MOST
    assert COOKIE not in kept
    assert visitor.sign_in("again@nhs.net", PASSWORD).heading == "Home"


@pytest.mark.parametrize("issuer", ["https://mallory.example/realms/cqrs", ""], ids=["another", "none"])
def test_an_answer_of_another_issuer(site: Site, issuer: str) -> None:
    """RFC 9207: a code that comes with another's name, or with none, is taken to nobody."""
    email = f"mixedup{len(issuer)}@nhs.net"
    person = site.enrol(email, f"P1104{len(issuer) % 10}")
    visitor = site.visitor().open("/home")
    visitor.on_the_way = lambda url: re.sub(r"(?<=[?&])iss=[^&]*", f"iss={issuer}" if issuer else "", url)
    visitor.sign_in(email, PASSWORD)
    assert (visitor.status, visitor.heading) == (400, "We could not finish signing you in")
    assert site.sessions_of(person) == 0


def test_sign_out_ends_keycloaks_session_too(site: Site) -> None:
    """AUT-6: the next sign-in asks for the password again."""
    person = site.enrol("out@nhs.net", "P11006")
    visitor = site.signed_in("out@nhs.net").press_sign_out()
    assert visitor.heading == "You are signed out"
    assert site.sessions_of(person) == 0
    assert site.services.reader.sessions(person) == ()
    assert visitor.open("/home").at_keycloak


def test_signing_out_leaves_no_token_in_the_history(site: Site) -> None:
    """AUT-11: none of the addresses on the way names anybody; Keycloak takes its cookies back."""
    site.enrol("history@nhs.net", "P11016")
    visitor, seen = site.signed_in("history@nhs.net"), list[str]()
    visitor.on_the_way = lambda url: seen.append(url) or url
    visitor.press_sign_out()
    assert visitor.heading == "You are signed out"
    assert [urlsplit(url).path.rpartition("/")[2] for url in seen] == ["logout", "signed-out"]
    assert set(parse_qs(urlsplit(seen[0]).query)) == {"client_id", "post_logout_redirect_uri"}
    assert parse_qs(urlsplit(seen[1]).query) == {}
    left = visitor._cookies[site.realm.servers.keycloak_url]
    assert not [name for name in left if "IDENTITY" in name or name == "KEYCLOAK_SESSION"]


def test_signing_out_while_the_session_cannot_be_ended(site: Site) -> None:
    """AUT-6: then Keycloak asks, in our words, and signs out when told so."""
    person = site.enrol("asks@nhs.net", "P11017")
    visitor = site.signed_in("asks@nhs.net")
    with site.services.sessions.begin() as db:
        db.execute(update(PortalSession).where(PortalSession.person_id == person).values(refresh_token="x"))
    visitor.press_sign_out()
    assert site.sessions_of(person) == 0
    says_yes_to_keycloak(visitor)
    assert site.services.reader.sessions(person) == ()


def says_yes_to_keycloak(visitor: KeycloakVisitor) -> None:
    """Who is asked there whether to sign out."""
    assert (visitor.at_keycloak, visitor.heading) == (True, "Sign out")
    code = re.search(r'name="session_code" value="([^"]+)"', visitor.text)
    assert code
    visitor.fill_in({"session_code": code[1], "confirmLogout": "confirm"})
    assert (visitor.at_keycloak, visitor.heading) == (False, "You are signed out")


def test_signing_out_after_the_portals_own_session_has_ended(site: Site) -> None:
    """AUT-6, AUT-11: another application kept Keycloak's alive; whoever sits there next is nobody."""
    person = site.enrol("outlives@nhs.net", "P11019")
    visitor = site.signed_in("outlives@nhs.net")
    with site.services.sessions.begin() as db:
        hers = update(PortalSession).where(PortalSession.person_id == person)
        db.execute(hers.values(expires_at=site.services.clock() - timedelta(minutes=1)))
    visitor.cleared_by_the_portal.clear()
    visitor.press_sign_out()
    assert visitor.cleared_by_the_portal == ['"cache", "storage"']
    says_yes_to_keycloak(visitor)
    assert site.services.reader.sessions(person) == ()
    assert visitor.open("/home").at_keycloak
    assert "Password" in visitor.text


def test_signing_out_twice(site: Site) -> None:
    """By a page that was still open: there is nothing left to be asked about."""
    site.enrol("twice@nhs.net", "P11020")
    visitor = site.signed_in("twice@nhs.net")
    token = visitor.token
    visitor.press_sign_out()
    visitor._go("POST", f"{site.portal}/signout", {"csrf_token": token})
    assert (visitor.at_keycloak, visitor.heading) == (False, "You are signed out")
    visitor.open("/register")
    visitor._go("POST", f"{site.portal}/signout", {"csrf_token": visitor.token})
    assert (visitor.at_keycloak, visitor.heading) == (False, "You are signed out")


def test_ended_by_keycloak(site: Site) -> None:
    """AUT-6: signed out in Keycloak's console, the portal's session ends behind the browser's back."""
    person = site.enrol("console@nhs.net", "P11007")
    visitor = site.signed_in("console@nhs.net")
    site.scene.ask("POST", f"users/{person}/logout", {})
    until = time.monotonic() + LONGEST_WAIT
    while site.sessions_of(person) and time.monotonic() < until:
        time.sleep(0.05)
    assert site.sessions_of(person) == 0
    assert visitor.open("/home").at_keycloak


def unsigned(id_token: str) -> str:
    """A logout token that says it needs no signature, for the person of this identity token."""
    claims = json.loads(base64.urlsafe_b64decode(id_token.split(".")[1] + "=="))
    claims |= {"events": {LOGOUT_EVENT: {}}, "jti": "made-up"}
    claims.pop("nonce", None)
    parts = ({"alg": "none", "typ": "logout+jwt"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
    )


def with_an_odd_header(id_token: str) -> str:
    """One that names as critical what is no list of names."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": "x", "crit": 1}).encode())
    return ".".join((header.decode().rstrip("="), *id_token.split(".")[1:]))


def test_a_token_of_another_kind_ends_no_session(site: Site) -> None:
    """An identity token is signed by the same keys, and anybody who signs in has one."""
    person = site.enrol("kinds@nhs.net", "P11008")
    site.signed_in("kinds@nhs.net")
    theirs = KeycloakPages(site.realm).come_in("kinds@nhs.net", PASSWORD).tokens()["id_token"]
    for token in (theirs, unsigned(theirs), with_an_odd_header(theirs), "", "x.y.z"):
        answer = requests.post(
            f"{site.portal}/signin/backchannel-logout", data={"logout_token": token}, timeout=60
        )
        assert answer.status_code == 400
    assert site.sessions_of(person) == 1


def test_what_the_log_says(site: Site) -> None:
    """ASVS 16.3.1, 16.3.3: who signed in and out, and of a forged logout token; each from where."""
    person = site.enrol("logged@nhs.net", "P11018")
    with capture_logs(processors=[merge_contextvars]) as log:
        site.signed_in("logged@nhs.net").press_sign_out()
        forged = {"logout_token": "x.y.z"}
        requests.post(f"{site.portal}/signin/backchannel-logout", data=forged, timeout=60)
    told = {line["event"]: line for line in log if line["origin"] == "127.0.0.1" and line["trace"]}
    assert told["signed-in"]["person"] == told["signed-out"]["person"] == person
    assert (told["refused"]["why"], told["refused"]["status"]) == ("BadLogoutToken", 400)


def test_an_answer_that_was_not_asked_for(site: Site) -> None:
    """A bookmarked or forged callback: a page with a way on, and nobody signed in."""
    visitor = site.visitor().open("/signin/callback?state=x&code=y")
    assert (visitor.status, visitor.heading) == (400, "We could not finish signing you in")
    visitor.open("/signin/callback?error=access_denied&state=x")
    assert visitor.status == 400


def test_coming_back_to_the_callback_goes_on(site: Site) -> None:
    """Reload and the back button."""
    site.enrol("reload@nhs.net", "P11009")
    visitor = site.signed_in("reload@nhs.net")
    assert visitor.open("/signin/callback?state=x&code=y").heading == "Home"


def test_two_tabs_sign_in_once(site: Site) -> None:
    """The second tab, begun before the first was done, goes on to the page that it wanted."""
    site.enrol("tabs@nhs.net", "P11010")
    visitor = site.visitor().open("/notifications")
    second = visitor.text
    visitor.open("/profile").sign_in("tabs@nhs.net", PASSWORD)
    assert visitor.heading == "My profile"
    visitor.text = second
    visitor.insist_on_signing_in("tabs@nhs.net", PASSWORD)
    assert visitor.heading == "Notifications"


def test_a_disabled_person_does_not_get_in(site: Site) -> None:
    """AUT-4: Keycloak says so."""
    person = site.enrol("never@nhs.net", "P11011")
    site.scene.disable(person)
    visitor = site.visitor().open("/home").sign_in("never@nhs.net", PASSWORD)
    assert visitor.at_keycloak
    assert site.sessions_of(person) == 0


def test_changing_the_password_asks_keycloak(site: Site) -> None:
    """AUT-2: Keycloak's own page, and the portal never sees a password."""
    site.enrol("password@nhs.net", "P11012")
    visitor = site.signed_in("password@nhs.net", "/profile/details")
    visitor._go("POST", f"{site.portal}/profile/password", {"csrf_token": visitor.token})
    assert visitor.at_keycloak
    assert "password" in visitor.text.lower()


def test_keycloak_away_at_sign_in(site: Site, database: str) -> None:
    """A page that says what to do, 503, when Keycloak doesn't answer the portal."""
    away = {"keycloak_internal_url": "http://127.0.0.1:1", "database_url": database}
    settings = site.services.settings.model_copy(update=away)
    begun = create_app(site.services).test_client().get("/signin")
    client = create_app(replace(site.services, settings=settings)).test_client()
    for name, value in cookies_set(begun).items():
        client.set_cookie(name, value)
    issuer = f"{settings.keycloak_url}/realms/{settings.realm}"
    for path in ("/signin", f"/signin/callback?state={state_of(begun)}&code=anything&iss={issuer}"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "Sorry, part of the service is not answering" in answer.get_data(as_text=True), path
