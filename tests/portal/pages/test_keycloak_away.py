"""While Keycloak doesn't answer nobody is sent there, to an address that refuses the connection."""

import socket
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from urllib3 import Timeout

from portal.web.keycloak_check import KEPT, SILENT, KeycloakCheck
from tests.support.builders.world import World, build_places
from tests.support.realm.answering import AnsweringRealm

AWAY = "Sorry, part of the service is not answering"


@pytest.fixture
def realm() -> AnsweringRealm:
    return AnsweringRealm()


@pytest.mark.parametrize("path", ["/signin", "/signin?next=/users"])
def test_signing_in_says_so(world: World, path: str) -> None:
    """The tests' portal is told of a Keycloak that is not there."""
    browser = world.browser().open(path)
    assert (browser.status, browser.heading) == (503, AWAY)


def test_changing_the_password_says_so(world: World) -> None:
    person = world.person("password@nhs.net")
    browser = world.browser(person).open("/profile/details").send("Change password")
    assert (browser.status, browser.heading) == (503, AWAY)


def test_one_that_answers_is_where_the_browser_goes(database: str, realm: AnsweringRealm) -> None:
    with realm.served() as keycloak:
        portal = build_places(database, CQRS_KEYCLOAK_URL=keycloak, CQRS_KEYCLOAK_INTERNAL_URL=keycloak)
        answer = portal.app.test_client().get("/signin")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"].startswith(f"{keycloak}/realms/cqrs/protocol/openid-connect/auth?")


def test_it_is_asked_once_in_a_while_however_many_sign_in(realm: AnsweringRealm) -> None:
    """So that strangers can't have us ask it more often than they ask us."""
    now = datetime(2026, 3, 2, tzinfo=UTC)
    with realm.served() as keycloak:
        check = KeycloakCheck(f"{keycloak}/realms/cqrs", lambda: now)
        assert all(check.answers() for _ in range(50))
        assert realm.asked == 1
        realm.status = HTTPStatus.SERVICE_UNAVAILABLE
        now += KEPT - timedelta(milliseconds=1)
        assert check.answers()
        now += timedelta(milliseconds=1)
        assert not any(check.answers() for _ in range(50))
        assert realm.asked == 2


def test_one_that_is_silent_is_away() -> None:
    """It takes the connection and says nothing; in service for five seconds, as a busy one may."""
    assert (SILENT.connect_timeout, SILENT.read_timeout) == (1, 5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        check = KeycloakCheck(
            f"http://127.0.0.1:{silent.getsockname()[1]}/realms/cqrs", lambda: datetime.now(UTC)
        )
        check.timeout = Timeout(connect=5, read=0.2)
        assert not check.answers()
