"""One service account's session, shared by many threads, through the end of its tokens."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from directory.access_token import AccessToken
from directory.admin_session import AdminSession
from directory.reader import KeycloakReader
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.directory.scene import address
from tests.support.waiting import wait_until

pytestmark = pytest.mark.keycloak
RENEWALS = 8


def test_threads_share_a_session_while_tokens_run_out(keycloak: KeycloakScene) -> None:
    """Every thread goes on reading through several renewals."""
    connection, person = keycloak.realm.connection("reader"), keycloak.enrol(address())
    session, over = AdminSession(connection, connection.realm), Event()

    def read(_: int) -> int:
        times = 0
        while not over.is_set() or times < 5:
            assert session.get("users", person.id)["email"] == person.email
            times += 1
        return times

    with ThreadPoolExecutor(8) as pool:
        reads = pool.map(read, range(8))
        try:
            for _ in range(RENEWALS):
                use_up(session._token)
        finally:
            over.set()
        assert min(reads) >= 5


def use_up(token: AccessToken) -> None:
    """As when its time is over; until somebody has got another."""
    wait_until(lambda: token.value, 60, "a token")
    token.discard(old := token.value)
    wait_until(lambda: token.value != old, 60, "another token")


def test_a_token_is_renewed_before_its_time_is_over(keycloak: KeycloakScene) -> None:
    """By its own life, here of two seconds, without a refusal."""
    lifespan = keycloak.ask("GET", "").json()["accessTokenLifespan"]
    keycloak.ask("PUT", "", {"accessTokenLifespan": 2})
    try:
        token = AccessToken(keycloak.realm.connection("reader"))
        first = token.current("reading")
        wait_until(lambda: token.is_due, 60, "the next sign-in due")
        assert token.value == first
        assert token.current("reading") != first
    finally:
        keycloak.ask("PUT", "", {"accessTokenLifespan": lifespan})


def test_a_token_that_keycloak_no_longer_accepts_is_replaced(keycloak: KeycloakScene) -> None:
    """After the realm's keys or sessions are reset a running portal goes on without a restart."""
    reader, person = KeycloakReader(keycloak.realm.connection("reader")), keycloak.enrol(address())
    assert reader.person(person.id) == person
    keycloak.ask("PUT", "", {"notBefore": int(time.time()) + 1})
    try:
        time.sleep(2)
        assert reader.person(person.id) == person
    finally:
        keycloak.ask("PUT", "", {"notBefore": 0})


def test_secrets_are_not_shown(keycloak: KeycloakScene) -> None:
    connection = keycloak.realm.connection("reader")
    assert connection.client_secret not in repr(connection) + repr(keycloak.realm)
