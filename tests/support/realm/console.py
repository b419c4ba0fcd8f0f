"""A realm as an administrator in Keycloak's console has it: looks at anything, changes anything."""

from typing import Any

from directory.admin_session import AdminSession
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until

PASSWORD = "Marram-grass-7"


class RealmApi:
    """The realm's Admin API by plain paths, such as `/users/<id>`; the empty one is the realm itself."""

    def __init__(self, session: AdminSession) -> None:
        self._session = session

    def get(self, path: str = "", **query: str) -> Any:
        return self._session.get(*_segments(path), **query)

    def post(self, path: str, body: Any) -> None:
        self._session.post(*_segments(path), body=body)

    def put(self, path: str, body: Any, **query: str) -> None:
        self._session.put(*_segments(path), body=body, **query)

    def delete(self, path: str, body: Any = None) -> None:
        self._session.delete_if_there(*_segments(path), body=body)


class Console:
    """Changes made by hand, past everything of ours."""

    def __init__(self, realm: TestRealm) -> None:
        self.server = RealmApi(AdminSession(realm.admin, realm.name))

    def client(self, client_id: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.server.get("/clients", clientId=client_id)
        return found[0]

    def change_client(self, client_id: str, **facts: Any) -> None:
        client = self.client(client_id)
        self.server.put(f"/clients/{client['id']}", client | facts)

    def change_realm(self, **facts: Any) -> None:
        self.server.put("", self.server.get() | facts)

    def group(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.server.get(f"/group-by-path/{path.strip('/')}")
        return found

    def user(self, name: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.server.get("/users", username=name, exact="true")
        return found[0]

    def role(self, client_id: str, role: str) -> dict[str, Any]:
        found: dict[str, Any] = self.server.get(f"/clients/{self.client(client_id)['id']}/roles/{role}")
        return found

    def enrol(self, email: str, password: str | None = PASSWORD, **facts: Any) -> dict[str, Any]:
        """A person with a confirmed address, able to sign in when there is a password."""
        person = {"username": email, "email": email, "firstName": "Seán", "lastName": "O'Neill-Łuksza"}
        credentials = [{"type": "password", "value": password, "temporary": False}] if password else []
        whole = {**person, "enabled": True, "emailVerified": True, "credentials": credentials, **facts}
        self.server.post("/users", whole)
        return self.user(email)

    def wait_until_counted(self, person: dict[str, Any], wrong: int, seconds: float = 30) -> None:
        """Keycloak counts wrong passwords beside answering them, and no more of the locked.

        Raises AssertionError.
        """

        def is_counted() -> bool:
            found = self._attempts(person)
            return found["disabled"] or found["numFailures"] >= wrong

        wait_until(is_counted, seconds, f"wrong password {wrong} of {person['email']} counted")

    def wait_until_locked(self, person: dict[str, Any], seconds: float = 30) -> None:
        """Raises AssertionError."""
        wait_until(lambda: self._attempts(person)["disabled"], seconds, f"{person['email']} locked")

    def _attempts(self, person: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.server.get(f"/attack-detection/brute-force/users/{person['id']}")
        return found

    def give(self, account: str, client_id: str, role: str) -> None:
        """Maps a client's role to the account, directly."""
        path = f"/users/{self.user(account)['id']}/role-mappings/clients/{self.client(client_id)['id']}"
        self.server.post(path, [self.role(client_id, role)])


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]
