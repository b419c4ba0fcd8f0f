"""One registration is taken in once, whatever a browser, a hand or a crash does around Register."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.model.sessions import PortalSession
from portal.web.sessions import hashed
from tests.portal.pages.test_register import registrations, to_check
from tests.support.builders.world import COOKIE, World
from tests.support.pages.browser import Browser

PATIENCE = 60
HERE = "(SELECT oid FROM pg_database WHERE datname = current_database())"
WAITING = f"FROM pg_locks WHERE NOT granted AND database = {HERE}"


def cookie(browser: Browser) -> str:
    """What names the browser's session."""
    kept = browser.client.get_cookie(COOKIE, domain="localhost")
    assert kept
    return kept.value


def clicks(world: World, browser: Browser, number: int) -> list[Callable[[], TestResponse]]:
    """That many clicks on the page's Register, each as its own request of the same browser."""
    fields, path = browser.form("Register").fields, browser.path
    token = cookie(browser)

    def click() -> TestResponse:
        client = world.app.test_client()
        client.set_cookie(COOKIE, token, domain="localhost")
        return client.post(path, data=fields)

    return [click] * number


def wait_for(db: Session, number: int) -> None:
    """Until that many of the database's transactions wait for one another."""
    until = monotonic() + PATIENCE
    while db.scalar(text(f"SELECT count(*) {WAITING}")) < number:
        assert monotonic() < until, "they never met"
        sleep(0.05)


def test_two_clicks_at_the_same_moment(world: World) -> None:
    """REG-1: both are under way before either is through; one registration, and both end at the thank-you."""
    browser = to_check(world, "both.at.once@nhs.net")
    with ThreadPoolExecutor(2) as threads:
        with world.sessions.begin() as db:
            db.execute(text("LOCK TABLE effect IN SHARE MODE"))
            answers = [threads.submit(click) for click in clicks(world, browser, 2)]
            wait_for(db, 2)
        went = [answer.result(PATIENCE).headers["Location"] for answer in answers]
    assert went == ["/register/thank-you", "/register/thank-you"]
    assert len(registrations(world, "both.at.once@nhs.net")) == 1
    assert browser.open(browser.path).path == "/register/thank-you"


def test_many_clicks_as_they_come(world: World) -> None:
    """REG-1: nothing holds them up or puts them in order."""
    browser, start = to_check(world, "hammering@nhs.net"), Barrier(6)

    def go(click: Callable[[], TestResponse]) -> int:
        start.wait()
        return click().status_code

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(go, clicks(world, browser, 6))) == {303}
    assert len(registrations(world, "hammering@nhs.net")) == 1


def test_what_failed_can_be_sent_again(world: World) -> None:
    """REG-1: the database went away while it was written: nothing is lost, and Register works again."""
    browser = to_check(world, "second.try@nhs.net")
    with world.sessions.begin() as db:
        db.execute(text("LOCK TABLE effect IN SHARE MODE"))
        with ThreadPoolExecutor(1) as threads:
            answer = threads.submit(clicks(world, browser, 1)[0])
            wait_for(db, 1)
            db.execute(text(f"SELECT pg_terminate_backend(pid) {WAITING}"))
            assert answer.result(PATIENCE).status_code == 503
    assert registrations(world, "second.try@nhs.net") == []
    assert browser.send("Register").path == "/register/thank-you"
    assert len(registrations(world, "second.try@nhs.net")) == 1


def session_data(world: World, browser: Browser) -> dict[str, Any]:
    """What the portal remembers of this browser."""
    with world.sessions() as db:
        row = db.get(PortalSession, hashed(cookie(browser)))
    assert row
    return dict(row.data)


def put_back(world: World, browser: Browser, data: dict[str, Any]) -> None:
    """As if the last request had ended before the session was written."""
    with world.sessions.begin() as db:
        db.execute(
            update(PortalSession).where(PortalSession.token_hash == hashed(cookie(browser))).values(data=data)
        )


def test_sent_and_not_noted_by_the_session(world: World) -> None:
    """REG-1: after a crash behind the registration, sending the same again doubles nothing."""
    browser = to_check(world, "crash@nhs.net")
    before = session_data(world, browser)
    browser.send("Register")
    put_back(world, browser, before)
    path = browser.path
    browser.open(f"/register/{next(iter(before['registering']))}/check")
    assert browser.heading == "Check your answers"
    assert browser.send("Register").path == path
    assert len(registrations(world, "crash@nhs.net")) == 1


def test_other_answers_are_another_registration(world: World) -> None:
    """REG-1: what was corrected after such a crash is taken in, not taken for the same."""
    browser = to_check(world, "mistyped@nhs.net")
    before = session_data(world, browser)
    browser.send("Register")
    put_back(world, browser, before)
    browser.open(f"/register/{next(iter(before['registering']))}/check")
    browser.follow("Change email address").send("Continue", email="corrected@nhs.net").send("Register")
    assert len(registrations(world, "corrected@nhs.net")) == 1
