"""What the log says of answers: refusals with who, what and from where, by a name that goes on with them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from directory.vocabulary import Role
from portal.model.effects import Effect
from tests.support.builders.world import SINGLE, World, build_places
from tests.support.pages.browser import Browser


@pytest.fixture(scope="module")
def world(database: str) -> World:
    return build_places(database, CQRS_REGISTER_LIMIT="1", CQRS_TRUSTED_PROXIES="1")


@pytest.fixture
def log() -> Iterator[list[dict[str, Any]]]:
    """What is written, as the log would have it."""
    with capture_logs(processors=[merge_contextvars]) as written:
        yield written


def _refused(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in log if line["event"] == "refused"]


def test_a_page_of_another_role(world: World, log: list[dict[str, Any]]) -> None:
    """Who, in which role, what and from where."""
    person = world.person("curious@nhs.net", (SINGLE, Role.PROVIDER_USER))
    client = world.browser(person).client
    answer = client.get("/users", headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 403
    (line,) = _refused(log)
    assert line["why"] == "WrongRole"
    assert (line["person"], line["role"], line["organisation"]) == (person.id, "provider-user", SINGLE)
    assert (line["method"], line["path"], line["origin"]) == ("GET", "/users", "203.0.113.9")
    assert line["trace"] == answer.headers["X-Request-ID"]


def test_a_form_without_its_token(world: World, log: list[dict[str, Any]]) -> None:
    assert world.browser().client.post("/register", data={"email": "x@nhs.net"}).status_code == 400
    assert [line["why"] for line in _refused(log)] == ["CSRFError"]


def test_a_forged_logout_token(world: World, log: list[dict[str, Any]]) -> None:
    """Of somebody unknown, so without a person; the token itself is not told."""
    client = world.browser().client
    sent = {"logout_token": "forged.forged.forged"}
    status = client.post("/signin/backchannel-logout", data=sent).status_code
    assert status in {400, 503}
    assert "forged" not in str(log)


def test_a_limit(world: World, log: list[dict[str, Any]]) -> None:
    browser = world.browser().open("/register/new-link")
    form = browser.form("Send a new link")
    for _ in range(2):
        browser.client.post("/register/new-link", data=form.fields | {"email": "again@nhs.net"})
    assert [(line["status"], line["why"]) for line in _refused(log)] == [(429, "TooManyAttempts")]


def test_a_download_of_the_audit(world: World, log: list[dict[str, Any]]) -> None:
    person = world.person("desk@nhs.net", ("", Role.SERVICE_DESK))
    assert world.browser(person).client.get("/service-desk/audit/audit.csv?person=ann").status_code == 200
    (line,) = [line for line in log if line["event"] == "audit-downloaded"]
    assert (line["person"], line["sought"]) == (person.id, ["person"])


def test_the_name_goes_on_to_the_worker(world: World, log: list[dict[str, Any]]) -> None:
    """What follows from a page is written of under the page's name, by whoever does it."""
    browser = world.browser().open("/register/new-link")
    form = browser.form("Send a new link")
    sent = form.fields | {"email": "trace@nhs.net"}
    answer = browser.client.post("/register/new-link", data=sent, headers={"X-Forwarded-For": "198.51.100.7"})
    name = answer.headers["X-Request-ID"]
    with world.services.sessions() as session:
        (effect,) = session.scalars(select(Effect.id).where(Effect.trace == name))
    world.work()
    told = [line for line in log if line["event"] == "effect" and line["effect"] == effect]
    assert [line["trace"] for line in told] == [name]


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f g h", "<script>alert(1)</script>"])
def test_a_name_that_is_none_is_not_taken(world: World, given: str) -> None:
    answer = world.browser().client.get("/health", headers={"X-Request-ID": given})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_a_proxy_of_ours_may_name_it(world: World, database: str) -> None:
    """Where there is none, whoever says so is a browser."""
    asked = {"X-Request-ID": "named-by-the-proxy-1"}
    assert Browser(world.app.test_client()).client.get("/health", headers=asked).headers["X-Request-ID"] == (
        "named-by-the-proxy-1"
    )
    without = build_places(database)
    told = without.app.test_client().get("/health", headers=asked).headers["X-Request-ID"]
    assert told != "named-by-the-proxy-1"
