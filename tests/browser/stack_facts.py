"""What a running stack says of itself in run.json, by name."""

from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True)
class SamplePerson:
    """A sample person who can sign in, and in words what they may do."""

    name: str
    email: str
    password: str
    does: str


class StackFacts:
    """The addresses and sample people of one running stack."""

    def __init__(self, facts: dict[str, Any]):
        self.facts = facts
        self.portal: str = facts["portal"].rstrip("/")
        self.keycloak: str = facts["keycloak"].rstrip("/")
        self.mail_page: str = facts["mail"].rstrip("/")
        self.environment: dict[str, str] = facts["environment"]

    def person(self, email: str) -> SamplePerson:
        """The sample person of this address. Raises KeyError."""
        for one in self.facts["people"]:
            if one["email"] == email:
                return SamplePerson(one["name"], one["email"], one["password"], one["does"])
        raise KeyError(email)

    def realm_users(self, email: str) -> list[dict[str, Any]]:
        """Keycloak's own accounts with this user name, asked as its administrator."""
        answer = requests.get(
            f"{self.keycloak}/admin/realms/cqrs/users",
            params={"username": email, "exact": "true"},
            headers={"Authorization": f"Bearer {self._admin_token()}"},
            timeout=10,
        )
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    def _admin_token(self) -> str:
        console = self.facts["administrator"]
        answer = requests.post(
            f"{self.keycloak}/realms/master/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": console["username"],
                "password": console["password"],
            },
            timeout=10,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])
