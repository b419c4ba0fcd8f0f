"""What Keycloak mailed to somebody."""

import re
from typing import Any

from tests.support.realm.console import Console
from tests.support.servers.realm import TestRealm

APPROVED = "Your CQRS account has been approved"


def welcome_link(realm: TestRealm, person: dict[str, Any], seconds: int = 3600) -> str:
    """Has Keycloak mail the welcome to the person, and gives the link in it."""
    path = f"/users/{person['id']}/execute-actions-email"
    actions, lifespan = ["VERIFY_EMAIL", "UPDATE_PASSWORD"], str(seconds)
    Console(realm).server.put(path, actions, client_id="cqrs-portal", lifespan=lifespan)
    found = re.search(r"http\S+/login-actions/action-token\S+", welcome(realm, person)["text"])
    assert found
    return found[0]


def welcome(realm: TestRealm, person: dict[str, Any]) -> dict[str, Any]:
    """The welcome that came to the person."""
    return realm.servers.mail.wait_for(person["email"], APPROVED)
