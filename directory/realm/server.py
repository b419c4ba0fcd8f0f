"""One realm on a running Keycloak, through its Admin API, as an administrator of the realm `master`."""

import json
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from keycloak import KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from directory.connection import AdminConnection
from directory.errors import DirectoryRefused, DirectoryUnavailable

JSON = Any


class RealmServer:
    """Reads and writes below `/admin/realms/<name>`.

    Every call may raise DirectoryUnavailable (Keycloak does not answer, or fails) or DirectoryRefused.
    """

    def __init__(self, admin: AdminConnection, name: str) -> None:
        self.name = name
        self._url = admin.url
        self._user = admin.user
        self._base = f"/admin/realms/{quote(name, safe='')}"
        self._connection = KeycloakOpenIDConnection(
            server_url=admin.url.rstrip("/") + "/",
            username=admin.user,
            password=admin.password,
            realm_name="master",
            client_id="admin-cli",
            # The library takes any number of seconds; only its annotation asks for whole ones.
            timeout=cast(int, admin.timeout),
            max_retries=0,
        )
        # An administrator's token lives 60 s unless told otherwise: fetch the next one in good time.
        self._connection.token_lifetime_fraction = 0.5

    def find(self, path: str = "", **query: str) -> JSON | None:
        """What is at the path, or None when there is nothing."""
        answer = self._call("get", self._base + path, query)
        return None if answer.status_code == HTTPStatus.NOT_FOUND else self._body(answer, path)

    def get(self, path: str = "", **query: str) -> JSON:
        """What is at the path; nothing there is a DirectoryRefused."""
        return self._body(self._call("get", self._base + path, query), path)

    def post(self, path: str, body: JSON) -> None:
        self._body(self._call("post", self._base + path, body), path)

    def put(self, path: str, body: JSON) -> None:
        self._body(self._call("put", self._base + path, body), path)

    def delete(self, path: str = "", body: JSON = None) -> None:
        """Removes what is at the path; nothing there is as good."""
        answer = self._call("delete", self._base + path, body)
        if answer.status_code != HTTPStatus.NOT_FOUND:
            self._body(answer, path)

    def create(self, representation: JSON) -> None:
        """Makes the realm, all at once, as loading the file at Keycloak's first start does."""
        self._body(self._call("post", "/admin/realms", representation), "")
        # The token in hand was given before the realm was there and says nothing of it.
        self._sign_in()

    def _call(self, verb: str, path: str, extra: JSON) -> JSON:
        try:
            if self._connection.token is None:
                self._sign_in()
            if verb == "get":
                return self._connection.raw_get(path, **extra)
            return getattr(self._connection, f"raw_{verb}")(path, data=json.dumps(extra))
        except KeycloakConnectionError as error:
            raise DirectoryUnavailable(f"Keycloak does not answer at {self._url}") from error
        except KeycloakError as error:
            raise self._refused(error) from error

    def _sign_in(self) -> None:
        self._connection.get_token()

    def _refused(self, error: KeycloakError) -> Exception:
        if (error.response_code or 500) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return DirectoryUnavailable(f"Keycloak at {self._url} fails: {error}")
        return DirectoryRefused(f"Keycloak refuses the administrator {self._user!r} with this password")

    def _body(self, answer: JSON, path: str) -> JSON:
        said = f"{path or 'the realm'}: {answer.status_code} {answer.text[:300]}"
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise DirectoryUnavailable(f"Keycloak failed at {said}")
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise DirectoryRefused(f"Keycloak refused {said}")
        return answer.json() if answer.content else None
