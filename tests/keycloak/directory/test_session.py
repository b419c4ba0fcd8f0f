"""One service account's session, shared by many threads, through the end of its tokens."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from directory.reader import KeycloakReader
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.directory.scene import address

pytestmark = pytest.mark.keycloak


def test_threads_share_a_session_while_tokens_run_out(keycloak: KeycloakScene) -> None:
    """Tokens of two seconds: every thread goes on reading through several renewals."""
    lifespan = keycloak.ask("GET", "").json()["accessTokenLifespan"]
    person = keycloak.enrol(address())
    keycloak.ask("PUT", "", {"accessTokenLifespan": 2})
    try:
        reader, until = KeycloakReader(keycloak.realm.connection("reader")), time.monotonic() + 5

        def read(_: int) -> int:
            times = 0
            while time.monotonic() < until or times < 5:
                assert reader.standing(person.id).person == person
                times += 1
            return times

        with ThreadPoolExecutor(8) as pool:
            assert min(pool.map(read, range(8))) >= 5
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
