"""Places organisations and people in a real Keycloak, as its console would."""

import json
import time
from typing import Any

import requests

from directory.errors import OrganisationNotFound
from directory.reader import KeycloakReader
from directory.sync_runs import RunLog, SyncRun
from directory.vocabulary import ApprovalLevel, FactorKind, Organisation, OrganisationType, Person, Role
from directory.writer import KeycloakWriter
from tests.support.servers.realm import PORTAL_URL, TestRealm
from tests.support.waiting import wait_until

PASSWORD = "Marram-grass-7"
WRONG_PASSWORD = "Sea-lavender-8"
LONGEST_LOCKING = 60.0
"""Seconds in which enough wrong passwords are counted, on a busy machine too."""
KEY = {"aaguid": "00000000-0000-0000-0000-000000000000", "credentialId": "a2V5", "counter": 0}
FACTORS = {
    FactorKind.AUTHENTICATOR_APP: (
        {"value": "c2VjcmV0c2VjcmV0"},
        {"subType": "totp", "digits": 6, "period": 30, "algorithm": "HmacSHA1"},
    ),
    FactorKind.PASSKEY: ({}, KEY),
    FactorKind.SECURITY_KEY: ({}, KEY),
}
"""What Keycloak keeps of each kind: secret, and data."""


class KeycloakScene:
    """The same builders as tests.support.fakes.state.DirectoryState, on one realm."""

    def __init__(self, realm: TestRealm) -> None:
        self.realm = realm
        self.reader = KeycloakReader(realm.connection("reader"))
        self.writer = KeycloakWriter(realm.connection("writer"), f"{PORTAL_URL}/signin/callback")
        self._base = f"{realm.servers.keycloak_url}/admin/realms/{realm.name}"
        self._token, self._until = "", 0.0

    def place(
        self,
        code: str,
        name: str = "",
        kind: OrganisationType = OrganisationType.PROVIDER,
        parent: str = "",
        approval_level: ApprovalLevel = ApprovalLevel.SINGLE,
    ) -> Organisation:
        above = self.reader.organisation(parent).id if parent else self.root
        facts = {"name": name or code, "type": kind, "approval_level": approval_level, "status": "open"}
        return self.reader.organisation_by_id(self.group(code, above, **facts))

    def change(self, code: str, **facts: str) -> Organisation:
        found = self.reader.organisation(code)
        group = self.ask("GET", f"groups/{found.id}").json()
        attributes = group["attributes"] | {fact: [value] for fact, value in facts.items()}
        self.ask("PUT", f"groups/{found.id}", {"name": code, "attributes": attributes})
        return self.reader.organisation_by_id(found.id)

    def note_run(self, run: SyncRun) -> SyncRun:
        log = RunLog(self.realm.connection("sync"))
        return log.begin(run, log.recorded())

    def move(self, code: str, parent: str) -> None:
        moved, to = self.reader.organisation(code), self.reader.organisation(parent)
        self.ask("POST", f"groups/{to.id}/children", {"id": moved.id, "name": code})

    def close_down(self, code: str) -> None:
        self.ask("DELETE", f"groups/{self.reader.organisation(code).id}")

    def enrol(
        self,
        email: str,
        first_name: str = "Ann",
        last_name: str = "Example",
        holdings: tuple[tuple[str, Role], ...] = (),
        password: bool = True,
    ) -> Person:
        person = self.writer.ensure_person(email, first_name, last_name)
        if password:
            self.set_password(person.id)
        for code, role in holdings:
            self._hold(person, code, role)
        return person

    def take_every_role(self, person_id: str) -> None:
        for group in self.ask("GET", f"users/{person_id}/groups").json():
            self.ask("DELETE", f"users/{person_id}/groups/{group['id']}")

    def set_password(self, person_id: str) -> None:
        body = {"type": "password", "value": PASSWORD, "temporary": False}
        self.ask("PUT", f"users/{person_id}/reset-password", body)

    def disable(self, person_id: str) -> None:
        self.ask("PUT", f"users/{person_id}", {"enabled": False})

    def enable(self, person_id: str) -> None:
        self.ask("PUT", f"users/{person_id}", {"enabled": True})

    def give_payment_types(self, person_id: str, *values: str) -> None:
        user = self.ask("GET", f"users/{person_id}").json()
        attributes = user.get("attributes", {}) | {"payment_types": list(values)}
        self.ask("PUT", f"users/{person_id}", user | {"attributes": attributes})

    def lock(self, person_id: str) -> None:
        """Tries wrong passwords until Keycloak locks the account: it counts them beside answering."""
        self._allow_trying()
        email = self.reader.person(person_id).email

        def is_locked() -> bool:
            self.takes(email, WRONG_PASSWORD)
            found = self.ask("GET", f"attack-detection/brute-force/users/{person_id}").json()
            return bool(found["disabled"])

        wait_until(is_locked, LONGEST_LOCKING, f"{email} locked")

    def takes(self, email: str, password: str = PASSWORD) -> bool:
        """Whether Keycloak takes the password, tried without its pages; possible once somebody was locked.

        Of somebody who has yet to confirm their address it says so, having taken it.
        """
        answer = requests.post(
            f"{self.realm.servers.keycloak_url}/realms/{self.realm.name}/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "try-passwords",
                "username": email,
                "password": password,
            },
            timeout=30,
        )
        return answer.ok or "not fully set up" in answer.text

    def lift_lock(self, person_id: str) -> None:
        self.ask("DELETE", f"attack-detection/brute-force/users/{person_id}")

    def add_second_factor(self, person_id: str, kind: FactorKind) -> None:
        """As if the person had enrolled it: nobody has the device."""
        secret, data = FACTORS[kind]
        made = {"type": kind.value, "secretData": json.dumps(secret), "credentialData": json.dumps(data)}
        self.ask("PUT", f"users/{person_id}", {"credentials": [made]})

    def delete_person(self, person_id: str) -> None:
        self.ask("DELETE", f"users/{person_id}")

    def join_cluster(self, person_id: str, cluster_id: str) -> None:
        self.ask("PUT", f"users/{person_id}/groups/{cluster_id}")

    def drop_cluster(self, cluster_id: str) -> None:
        self.ask("DELETE", f"groups/{cluster_id}")

    @property
    def root(self) -> str:
        """The id of the group `/organisations`."""
        return str(self.ask("GET", "group-by-path/organisations").json()["id"])

    def group(self, name: str, parent_id: str, /, **attributes: str) -> str:
        """Any group below another; its id."""
        body = {"name": name, "attributes": {fact: [value] for fact, value in attributes.items()}}
        made = self.ask("POST", f"groups/{parent_id}/children", body)
        return made.headers["Location"].rpartition("/")[2]

    def ask(self, method: str, path: str, body: object = None) -> requests.Response:
        """A call as the administrator of `master`."""
        headers = {"Authorization": f"Bearer {self._admins_token()}"}
        answer = requests.request(method, f"{self._base}/{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def _hold(self, person: Person, code: str, role: Role) -> None:
        if code:
            self.writer.grant(person.id, self.reader.organisation(code), role)
            return
        if role is not Role.SERVICE_DESK:
            raise OrganisationNotFound(code)
        group = self.ask("GET", "group-by-path/organisations/service-desk").json()["id"]
        self.ask("PUT", f"users/{person.id}/groups/{group}")

    def _allow_trying(self) -> None:
        """A client that takes passwords directly: our realm has none, and signing in by pages is slow."""
        if not self.ask("GET", "clients?clientId=try-passwords").json():
            body = {"clientId": "try-passwords", "publicClient": True, "directAccessGrantsEnabled": True}
            self.ask("POST", "clients", body)
            # Passwords tried so quickly lock for the shorter time: a lock outlasts every test all the same.
            self.ask("PUT", "", {"waitIncrementSeconds": 3600, "minimumQuickLoginWaitSeconds": 3600})

    def _admins_token(self) -> str:
        if time.monotonic() > self._until:
            servers = self.realm.servers
            answer: dict[str, Any] = requests.post(
                f"{servers.keycloak_url}/realms/master/protocol/openid-connect/token",
                data={
                    "grant_type": "password",
                    "client_id": "admin-cli",
                    "username": servers.admin,
                    "password": servers.admin_password,
                },
                timeout=30,
            ).json()
            self._token, self._until = answer["access_token"], time.monotonic() + 30
        return self._token
