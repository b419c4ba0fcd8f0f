"""What a running stack says of itself in run.json, by name."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from tests.support.realm.authenticator import Authenticator
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class SamplePerson:
    """A sample person who can sign in, and in words what they may do."""

    name: str
    email: str
    password: str
    may: str


class StackFacts:
    """The addresses and sample people of one running stack."""

    def __init__(self, facts: dict[str, Any]):
        self.facts = facts
        self.portal: str = facts["portal"].rstrip("/")
        self.keycloak: str = facts["keycloak"].rstrip("/")
        self.mail_page: str = facts["mail"].rstrip("/")
        self.environment: dict[str, str] = facts["environment"]
        self.apps = {email: Authenticator(secret) for email, secret in facts.get("apps", {}).items()}
        """The authenticator app of each person who has set one up, by e-mail address."""
        self._token, self._token_until = "", 0.0

    def person(self, email: str) -> SamplePerson:
        """The sample person of this address. Raises KeyError."""
        for one in self.facts["people"]:
            if one["email"] == email:
                return SamplePerson(one["name"], one["email"], one["password"], one["may"])
        raise KeyError(email)

    def last_lines(self, program: str, count: int = 60) -> str:
        """The end of what a program of the stack has logged; nothing of one in a container."""
        log = Path(self.facts["state"]) / "logs" / f"{program}.log"
        if not log.exists():
            return ""
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])

    def as_administrator(self, method: str, address: str, body: object = None) -> Any:
        """Asks Keycloak's Admin API as its administrator; the answer's JSON, None for an empty one."""
        headers = {"Authorization": f"Bearer {self.administrator_token()}"}
        answer = requests.request(method, address, json=body, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def accounts(self, email: str) -> list[dict[str, Any]]:
        """Keycloak's accounts with this user name: one or none."""
        where = f"{self.keycloak}/admin/realms/cqrs/users?exact=true&username={quote(email)}"
        found: list[dict[str, Any]] = self.as_administrator("GET", where)
        return found

    def groups(self, email: str) -> set[str]:
        """The paths of the groups that this person is in."""
        (account,) = self.accounts(email)
        where = f"{self.keycloak}/admin/realms/cqrs/users/{account['id']}/groups?max=1000"
        return {group["path"] for group in self.as_administrator("GET", where)}

    def sessions(self, email: str) -> int:
        """How many sign-in sessions Keycloak has of this person."""
        (account,) = self.accounts(email)
        where = f"{self.keycloak}/admin/realms/cqrs/users/{account['id']}/sessions"
        return len(self.as_administrator("GET", where))

    def wait_until_locked(self, email: str, seconds: float = 30) -> None:
        """Raises AssertionError."""
        wait_until(lambda: self._attempts(email)["disabled"], seconds, f"{email} locked")

    def wait_until_counted(self, email: str, wrong: int, seconds: float = 30) -> None:
        """Keycloak counts wrong passwords beside answering them, and no more of the locked.

        Raises AssertionError.
        """

        def is_counted() -> bool:
            found = self._attempts(email)
            return found["disabled"] or found["numFailures"] >= wrong

        wait_until(is_counted, seconds, f"wrong try {wrong} of {email} counted")

    def _attempts(self, email: str) -> dict[str, Any]:
        (account,) = self.accounts(email)
        where = f"{self.keycloak}/admin/realms/cqrs/attack-detection/brute-force/users/{account['id']}"
        found: dict[str, Any] = self.as_administrator("GET", where)
        return found

    def administrator_token(self) -> str:
        """A token of the administrator. It lasts a minute, and is asked for again before that.

        Keycloak refuses sign-ins of one person that come one upon the other.
        """
        if time.monotonic() > self._token_until:
            self._token, self._token_until = self._signed_in(), time.monotonic() + 40
        return self._token

    def _signed_in(self) -> str:
        console = self.facts["administrator"]
        answer = requests.post(
            f"{self.keycloak}/realms/master/protocol/openid-connect/token",
            data={"grant_type": "password", "client_id": "admin-cli", **console},
            timeout=60,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])
