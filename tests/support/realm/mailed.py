"""What Keycloak mailed to somebody."""

import re
from typing import Any

from tests.support.realm.console import Console
from tests.support.servers.realm import TestRealm

NEXT_STEP = "Your CQRS account: your next step"


def welcome_link(realm: TestRealm, person: dict[str, Any], seconds: int = 3600) -> str:
    """Has Keycloak mail the welcome to the person, and gives the link in it."""
    return action_link(realm, person, "VERIFY_EMAIL", "UPDATE_PASSWORD", seconds=seconds)


def action_link(realm: TestRealm, person: dict[str, Any], *actions: str, seconds: int = 3600) -> str:
    """Has Keycloak mail a link to these actions to the person, and gives the link."""
    path = f"/users/{person['id']}/execute-actions-email"
    Console(realm).server.put(path, [*actions], client_id="cqrs-portal", lifespan=str(seconds))
    return _link(welcome(realm, person))


def address_link(realm: TestRealm, address: str) -> str:
    """The link that Keycloak mailed to somebody's new address."""
    return _link(realm.servers.mail.wait_for(address))


def _link(mail: dict[str, Any]) -> str:
    found = re.search(r"http\S+/login-actions/action-token\S+", mail["text"])
    assert found
    return found[0]


def welcome(realm: TestRealm, person: dict[str, Any]) -> dict[str, Any]:
    """The welcome, or another mail with a link, that came to the person."""
    return realm.servers.mail.wait_for(person["email"], NEXT_STEP)
