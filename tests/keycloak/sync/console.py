"""What an administrator does by hand in Keycloak's console, as calls."""

from typing import Any

import requests

from tests.support.servers.realm import TestRealm


class Console:
    """The realm's groups, as its administrator sees and changes them."""

    def __init__(self, realm: TestRealm) -> None:
        self._servers = realm.servers
        self._base = f"{realm.servers.keycloak_url}/admin/realms/{realm.name}"

    def group(self, *codes: str) -> dict[str, Any]:
        """The organisation at this place, with its attributes."""
        found: dict[str, Any] = self._call("GET", f"/group-by-path/organisations/{'/'.join(codes)}").json()
        return found

    def set_attribute(self, group: dict[str, Any], name: str, value: str) -> None:
        changed = {**group, "attributes": {**group["attributes"], name: [value]}}
        self._call("PUT", f"/groups/{group['id']}", changed)

    def make(self, code: str, parent_id: str = "", /, **attributes: str) -> str:
        """A new group, at the top of the realm when no parent is given; its id."""
        path = f"/groups/{parent_id}/children" if parent_id else "/groups"
        body = {"name": code, "attributes": {title: [value] for title, value in attributes.items()}}
        return self._call("POST", path, body).headers["Location"].rpartition("/")[2]

    def top_groups(self) -> list[str]:
        return sorted(group["name"] for group in self._call("GET", "/groups?max=-1").json())

    def remove(self, group_id: str) -> None:
        self._call("DELETE", f"/groups/{group_id}")

    def _call(self, method: str, path: str, body: object = None) -> requests.Response:
        token = requests.post(
            f"{self._servers.keycloak_url}/realms/master/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": self._servers.admin,
                "password": self._servers.admin_password,
            },
            timeout=30,
        ).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.request(method, self._base + path, json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer
