"""Somebody tries the password of one of Keycloak's own administrators.

On a realm of the test's own, with the rules that the file gives to `master`: that one is everybody's here.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from directory.admin_session import AdminSession
from directory.connection import AdminConnection
from directory.errors import DirectoryRefused
from directory.realm import MASTER_FILES, apply, plan
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
TRIES = 40
REFUSED = "Invalid user credentials"
RIGHT = "Lighthouse keepers row at dawn"


@dataclass
class Master:
    """A realm as `master` is after `cqrs realm apply --realm master`."""

    url: str
    name: str
    session: AdminSession

    def administrator(self, name: str, password: str = RIGHT) -> str:
        known = {"email": f"{name}@masters.example", "firstName": "Grace", "lastName": "Hopper"}
        person = {"username": name, "enabled": True, **known}
        identity = self.session.create("users", body=person)
        self.session.put("users", identity, body={**person, "requiredActions": []})
        credential = {"type": "password", "value": password, "temporary": False}
        self.session.put("users", identity, "reset-password", body=credential)
        return identity

    def sign_in(self, name: str, password: str) -> str:
        """As `cqrs realm` and every script does; why not, or the empty string."""
        asked = {"grant_type": "password", "client_id": "admin-cli", "username": name, "password": password}
        address = f"{self.url}/realms/{self.name}/protocol/openid-connect/token"
        answer = requests.post(address, data=asked, timeout=30)
        return "" if answer.ok else str(answer.json()["error_description"])


@pytest.fixture(scope="module")
def master(servers: RunningServers) -> Iterator[Master]:
    admin = AdminConnection(servers.keycloak_url, servers.admin, servers.admin_password, timeout=120)
    name = f"test-{secrets.token_hex(4)}"
    session = AdminSession(admin, name)
    session.create_realm({"realm": name, "enabled": True, "sslRequired": "none"})
    try:
        apply(plan(admin, MASTER_FILES, {"CQRS_REALM": name}))
        assert plan(admin, MASTER_FILES, {"CQRS_REALM": name}).differences == ()
        yield Master(servers.keycloak_url, name, session)
    finally:
        session.delete_if_there()


def test_forty_wrong_passwords_and_the_right_one(master: Master) -> None:
    """After them the right one is refused too, until the lock ends by itself."""
    master.administrator("keeper")
    assert master.sign_in("keeper", RIGHT) == ""
    assert {master.sign_in("keeper", f"wrong-{number}") for number in range(TRIES)} == {REFUSED}
    assert master.sign_in("keeper", RIGHT) == REFUSED


def test_the_tries_are_on_record(master: Master) -> None:
    """Whose password was tried and from where; and what administrators do."""
    identity = master.administrator("watched")
    master.sign_in("watched", "wrong")
    (event,) = master.session.get("events", user=identity, type="LOGIN_ERROR")
    assert event["ipAddress"]
    assert master.session.get("admin-events", resourceTypes="USER")


@pytest.mark.parametrize("password", ["Short-7", "nhsmail123456!", "watched-by-14c"])
def test_a_weak_password_is_refused(master: Master, password: str) -> None:
    """Too short, known to everybody, or the name itself."""
    with pytest.raises(DirectoryRefused):
        master.administrator(password if password.startswith("watched") else secrets.token_hex(4), password)


def test_a_new_administrator_sets_up_a_second_factor(master: Master) -> None:
    """Before the first sign-in is done."""
    identity = master.session.create("users", body={"username": "newcomer", "enabled": True})
    credential = {"type": "password", "value": RIGHT, "temporary": False}
    master.session.put("users", identity, "reset-password", body=credential)
    assert "CONFIGURE_TOTP" in master.session.get("users", identity)["requiredActions"]
    assert master.sign_in("newcomer", RIGHT) == "Account is not fully set up"
