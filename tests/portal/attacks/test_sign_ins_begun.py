"""What a browser keeps of a sign-in that it began, in the hands of others: forged, planted, kept too long.

Whatever doesn't hold ends before any code is taken to Keycloak.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.application import create_app
from portal.web.begun import LARGEST, LASTS, MOST, MOST_BYTES
from tests.support.builders.world import COOKIE, World, build_places
from tests.support.pages.begun import begun_by, cookies_set, state_of
from tests.support.realm.answering import AnsweringRealm

KEPT = f"{COOKIE}-begun-"
FAILED = "We could not finish signing you in"


@dataclass
class Door:
    """A portal whose realm is there and takes note of codes; `issuer` is how it names itself."""

    world: World
    realm: AnsweringRealm
    issuer: str

    def browser(self, app: Flask | None = None) -> FlaskClient:
        return (app or self.world.app).test_client()

    def come_back(self, browser: FlaskClient, state: str, code: str = "its-code") -> TestResponse:
        """As Keycloak sends a browser back."""
        answer = {"state": state, "code": code, "iss": self.issuer}
        return browser.get("/signin/callback", query_string=answer)


@pytest.fixture(scope="module")
def site(database: str) -> Iterator[Door]:
    realm = AnsweringRealm()
    with realm.served() as keycloak:
        told = {"CQRS_KEYCLOAK_URL": keycloak, "CQRS_KEYCLOAK_INTERNAL_URL": keycloak}
        yield Door(build_places(database, **told), realm, f"{keycloak}/realms/cqrs")


@pytest.fixture
def door(site: Door) -> Door:
    site.realm.codes.clear()
    return site


def begin(browser: FlaskClient, page: str = "") -> TestResponse:
    answer = browser.get("/signin", query_string={"next": page})
    assert answer.status_code == HTTPStatus.FOUND
    return answer


def only(answer: TestResponse) -> tuple[str, str]:
    """The one cookie that it sets: a stranger is given no session."""
    ((name, value),) = cookies_set(answer).items()
    assert name == KEPT + state_of(answer)
    return name, value


def refused(answer: TestResponse) -> bool:
    return answer.status_code == HTTPStatus.BAD_REQUEST and FAILED in answer.get_data(as_text=True)


def test_what_the_browser_began(door: Door) -> None:
    """Its answer's code is taken to Keycloak: what is refused below is refused for its own reason."""
    browser = door.browser()
    door.come_back(browser, state_of(begin(browser)))
    assert door.realm.codes == ["its-code"]


def test_anothers_answer(door: Door) -> None:
    """Mallory has somebody open the address that Keycloak led Mallory back to, to have them work as Mallory.

    Whether they have begun nothing themselves, or something else.
    """
    theirs, state = door.browser(), state_of(begin(door.browser()))
    assert refused(door.come_back(theirs, state))
    begin(theirs)
    assert refused(door.come_back(theirs, state))
    assert door.realm.codes == []


def other_first(value: str) -> str:
    return ("A" if value[0] != "A" else "B") + value[1:]


FORGERIES = {
    "its chance altered": other_first,
    "its middle altered": lambda value: value[:60] + other_first(value[60:]),
    "its proof altered": lambda value: value[:-8] + other_first(value[-8:]),
    "cut": lambda value: value[:-4],
    "longer": lambda value: value + "AAAA",
    "empty": lambda _: "",
    "short": lambda _: "AAAA",
    "no base64": lambda _: "x",
    "other letters": lambda _: "%C3%A9" * 40,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_one(door: Door, forge: type[str]) -> None:
    """Nobody but the portal makes or alters one."""
    browser = door.browser()
    answer = begin(browser)
    name, value = only(answer)
    browser.set_cookie(name, forge(value))
    assert refused(door.come_back(browser, state_of(answer)))
    assert door.realm.codes == []


def test_one_under_the_name_of_another(door: Door) -> None:
    """Of two that are both the portal's own, neither passes for the other."""
    browser = door.browser()
    _, value = only(begin(browser))
    second = begin(browser)
    browser.set_cookie(KEPT + state_of(second), value)
    assert refused(door.come_back(browser, state_of(second)))
    assert door.realm.codes == []


def test_one_that_was_begun_under_another_key(door: Door) -> None:
    """After the portal's secret key is changed, and of anybody who guessed at a key: begin again."""
    other = door.world.services.settings.model_copy(update={"secret_key": "another"})
    changed = create_app(replace(door.world.services, settings=other))
    browser, answer = door.browser(changed), begin(door.browser())
    browser.set_cookie(*only(answer))
    assert refused(door.come_back(browser, state_of(answer)))
    assert door.realm.codes == []
    door.come_back(browser, state_of(begin(browser)))
    assert door.realm.codes == ["its-code"]


@pytest.mark.parametrize("late", [False, True])
def test_one_that_was_kept_too_long(door: Door, late: bool) -> None:
    """The browser forgets it after an hour, and one that doesn't has nothing from it."""
    browser = door.browser()
    answer = begin(browser)
    door.world.clock.move(LASTS - timedelta(minutes=1))
    if late:
        door.world.clock.move(timedelta(minutes=2))
    browser.set_cookie(*only(answer))
    assert refused(door.come_back(browser, state_of(answer)))
    assert door.realm.codes == ([] if late else ["its-code"])


def test_it_counts_once(door: Door) -> None:
    """The answer that uses it has the browser forget it, whether or not Keycloak took the code."""
    browser = door.browser()
    state = state_of(begin(browser))
    used = door.come_back(browser, state)
    assert f"{KEPT}{state}=; " in used.headers["Set-Cookie"]
    assert browser.get_cookie(KEPT + state) is None
    assert refused(door.come_back(browser, state, "another"))
    assert door.realm.codes == ["its-code"]


@pytest.mark.parametrize("whose", ["nobody", "another"])
def test_one_that_was_begun_by_somebody_signed_in(door: Door, whose: str) -> None:
    """Ann goes to change her password, and leaves: who comes after her can't end what she began."""
    world = door.world
    ann, bob = (world.person(f"{name}.{whose}@begun.example") for name in ("ann", "bob"))
    hers = world.browser(ann).open("/profile/details")
    answer = hers.client.post("/profile/password", data=hers.form("Change password").fields)
    assert begun_by(world.app, answer, ann.id).action == "UPDATE_PASSWORD"
    other = world.browser(bob if whose == "another" else None).client
    other.set_cookie(*only(answer))
    back = door.come_back(other, state_of(answer))
    assert refused(back) if whose == "nobody" else back.headers["Location"] == "/home"
    assert door.realm.codes == []
    door.come_back(hers.client, state_of(answer))
    assert door.realm.codes == ["its-code"]


def test_who_is_signed_in_is_not_signed_in_as_another(door: Door) -> None:
    """A stranger's own, planted where somebody is signed in, goes on to a page and takes no code."""
    world = door.world
    answer = begin(door.browser(), "/notifications")
    theirs = world.browser(world.person("planted@begun.example")).client
    theirs.set_cookie(*only(answer))
    assert door.come_back(theirs, state_of(answer)).headers["Location"] == "/notifications"
    assert door.realm.codes == []


def test_signing_out_forgets_what_was_begun(door: Door) -> None:
    """In other tabs, before or after signing in: who sits there next can't go on with it."""
    world = door.world
    browser = world.browser()
    before = begin(browser.client)
    theirs = world.browser(world.person("leaves@begun.example"))
    theirs.client.set_cookie(*only(before))
    theirs.open("/profile/details")
    after = theirs.client.post("/profile/password", data=theirs.form("Change password").fields)
    theirs.client.post("/signout", data=theirs.form("Sign out").fields)
    for answer in (before, after):
        assert theirs.client.get_cookie(KEPT + state_of(answer)) is None
        assert refused(door.come_back(theirs.client, state_of(answer)))


def test_the_cookie(door: Door) -> None:
    """Not for scripts, other sites or hosts; gone after an hour; and it says nothing to whoever reads it."""
    answer = begin(door.browser(), "/requests?q=Shipman")
    header, (_, value) = answer.headers["Set-Cookie"], only(answer)
    told = set(header.split("; ")[1:])
    assert told >= {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={int(LASTS.total_seconds())}"}
    assert "Domain" not in header
    begun = begun_by(door.world.app, answer)
    assert begun.come_back_to == "/requests?q=Shipman"
    address, kept = urlsplit(answer.headers["Location"]).query, urlsafe_b64decode(value).decode("latin-1")
    assert f"nonce={begun.nonce}" in address
    assert "code_challenge_method=S256" in address
    for secret in (begun.code_verifier, "Shipman"):
        assert secret not in address + value + kept


def test_one_planted_by_a_neighbouring_host(database: str, door: Door) -> None:
    """In production it is called `__Host-`, so that no other host can set it; other names aren't read."""
    at = "https://accounts.cqrs.example"
    keycloak = door.issuer.removesuffix("/realms/cqrs")
    told = {"CQRS_KEYCLOAK_URL": keycloak, "CQRS_KEYCLOAK_INTERNAL_URL": keycloak, "CQRS_PORTAL_URL": at}
    app = build_places(database, **told).app
    answer = app.test_client().get("/signin", base_url=at)
    state, ((name, value),) = state_of(answer), cookies_set(answer).items()
    assert name == f"__Host-{KEPT}{state}"
    assert {"Secure", "HttpOnly", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))
    assert "Domain" not in answer.headers["Set-Cookie"]
    for planted, codes in ((KEPT + state, []), (name, ["its-code"])):
        sent = {"state": state, "code": "its-code", "iss": door.issuer}
        headers = {"Cookie": f"{planted}={value}"}
        app.test_client(use_cookies=False).get(
            "/signin/callback", query_string=sent, headers=headers, base_url=at
        )
        assert door.realm.codes == codes


def kept_by(browser: FlaskClient, answers: list[TestResponse]) -> list[str]:
    """The states of those that it has still."""
    states = [state_of(answer) for answer in answers]
    return [state for state in states if browser.get_cookie(KEPT + state)]


def test_however_often_a_browser_begins_little_is_kept(door: Door) -> None:
    """The newest five, and the last counts; what isn't ours goes before any of them."""
    browser = door.browser()
    browser.set_cookie(f"{KEPT}junk", "junk")
    answers = []
    for _ in range(2 * MOST):
        answers.append(begin(browser))
        door.world.clock.move(timedelta(seconds=1))
        assert len(kept_by(browser, answers)) == min(len(answers), MOST)
    assert browser.get_cookie(f"{KEPT}junk") is None
    kept = [state_of(answer) for answer in answers[-MOST:]]
    assert kept_by(browser, answers) == kept
    assert refused(door.come_back(browser, state_of(answers[0])))
    door.come_back(browser, kept[-1])
    assert door.realm.codes == ["its-code"]


LONG = "/home?q=" + "a" * 1900
LONGER = "/home?q=" + "ł" * 1900


@pytest.mark.parametrize(("page", "comes_back"), [(LONG, LONG), (LONGER, ""), (LONG + "a" * 20_000, "")])
def test_a_long_address_to_come_back_to(door: Door, page: str, comes_back: str) -> None:
    """No cookie grows so large that browsers drop it, nor all together so that servers refuse them."""
    browser, answers, sizes = door.browser(), [], {}
    for _ in range(MOST):
        answers.append(begin(browser, page))
        assert begun_by(door.world.app, answers[-1]).come_back_to == comes_back
        name, value = only(answers[-1])
        sizes[state_of(answers[-1])] = len(name) + len(value)
        door.world.clock.move(timedelta(seconds=1))
    assert max(sizes.values()) <= LARGEST
    kept = kept_by(browser, answers)
    assert kept[-1] == state_of(answers[-1])
    assert sum(sizes[state] for state in kept) <= MOST_BYTES


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/home\r\nSet-Cookie: x=y", "/nowhere"],
)
def test_only_a_page_of_ours_is_come_back_to(door: Door, page: str) -> None:
    """Whoever sends somebody a link to sign in doesn't choose where they end."""
    answer = begin(door.browser(), page)
    assert begun_by(door.world.app, answer).come_back_to == ""
