"""Single calls to Keycloak's Admin API as one account, safe to share between threads.

Nothing is sent twice behind the caller's back: a lost reply is raised as DirectoryUnavailable, and whoever
knows that a call may be repeated repeats it.
"""

from contextlib import suppress
from http import HTTPStatus
from json import dumps
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from keycloak import ConnectionManager
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from directory.access_token import AccessToken
from directory.admin_paths import REALMS, AdminPath, admin_path
from directory.certificates import NOBODY, trust_authorities
from directory.connection import AdminConnection, Connection
from directory.errors import NotThere, answered, no_answer
from directory.straight_calls import Reply, StraightCalls
from directory.trace import traced

CONNECTIONS = 32


class AdminSession:
    """Calls in one realm, as a service account of it or as the administrator of `master`; JSON in and out.

    A path is given in its segments; without any it is the realm itself. Every call may raise
    DirectoryUnavailable or DirectoryRefused, and `missing` where there is nothing at the path.
    """

    def __init__(self, connection: Connection | AdminConnection, realm: str) -> None:
        self._url = connection.url
        self._realm = realm
        self._token = AccessToken(connection)
        self._http = _Http(connection, self._token)

    def get(self, *path: str, missing: type[NotThere] = NotThere, **params: Any) -> Any:
        """The answer's JSON."""
        return self._call("get", path, missing, params).body

    def get_or_none(self, *path: str) -> Any:
        """The answer's JSON, or None where there is nothing."""
        with suppress(NotThere):
            return self.get(*path)
        return None

    def post(self, *path: str, body: Any, missing: type[NotThere] = NotThere) -> Any:
        """The JSON that Keycloak answers with, None when it says nothing."""
        return self._call("post", path, missing, {"data": dumps(body)}).body

    def create(self, *path: str, body: Any, missing: type[NotThere] = NotThere) -> str:
        """POSTs, and gives the id of what was made."""
        return self._call("post", path, missing, {"data": dumps(body)}).new_id

    def put(self, *path: str, body: Any = None, missing: type[NotThere] = NotThere, **params: Any) -> None:
        """Sends the body as JSON, or nothing when it is None."""
        data = None if body is None else dumps(body)
        self._call("put", path, missing, {"data": data, **params})

    def delete(self, *path: str, missing: type[NotThere] = NotThere) -> None:
        self._call("delete", path, missing, {})

    def delete_if_there(self, *path: str, body: Any = None) -> None:
        """Nothing at the path is as good. A body says which of the things there."""
        with suppress(NotThere):
            self._call("delete", path, NotThere, {} if body is None else {"data": dumps(body)})

    def create_realm(self, representation: dict[str, Any]) -> None:
        """Makes a realm, all at once, as loading the file at Keycloak's first start does."""
        self._send("post", REALMS, NotThere, {"data": dumps(representation)})
        # The token in hand was given before the realm was there and says nothing of it.
        self._token.discard(self._token.value)

    def _call(self, verb: str, path: AdminPath, missing: type[NotThere], extra: dict[str, Any]) -> "_Answer":
        return self._send(verb, admin_path(self._realm, path, missing), missing, extra)

    def _send(self, verb: str, path: str, missing: type[NotThere], extra: dict[str, Any]) -> "_Answer":
        task = f"calling {verb.upper()} {path}"
        token = self._token.current(task)
        answer = self._once(verb, path, task, extra)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._token.discard(token)
            self._token.current(task)
            answer = self._once(verb, path, task, extra)
        body = answered(answer.status, answer.content, task, missing)
        return _Answer(body, answer.location.rpartition("/")[2])

    def _once(self, verb: str, path: str, task: str, extra: dict[str, Any]) -> Reply:
        try:
            return self._http.send(verb, path, **extra)
        except HTTPError as fault:
            raise no_answer(self._url, task, fault) from fault


class _Answer(NamedTuple):
    """`new_id` is that of what a POST made, or the empty string."""

    body: Any
    new_id: str


class _Http(ConnectionManager):
    """python-keycloak's connections, kept open for many threads, with the present token on each call."""

    def __init__(self, connection: Connection | AdminConnection, token: AccessToken) -> None:
        base = connection.url.rstrip("/") + "/"  # without the slash, a path would replace a folder of it
        super().__init__(
            base_url=base,
            # python-keycloak declares whole seconds, and takes parts of one just as well.
            timeout=cast(int, connection.timeout),
            verify=NOBODY,
            max_retries=0,
            pool_maxsize=CONNECTIONS,
        )
        trust_authorities(self)
        self._token = token
        self._seconds = connection.timeout
        self._calls = StraightCalls(base, cast(HTTPAdapter, self._s.get_adapter(base)))

    def send(self, verb: str, path: str, data: str | None = None, **params: Any) -> Reply:
        """Sends it once; the answer as it came. Raises HTTPError when there was none."""
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        headers = {
            "Authorization": f"Bearer {self._token.value}",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
            **traced(),
        }
        body = None if data is None else data.encode()
        return self._calls.send(verb, f"{path}{query}", headers, body, timeout=self._seconds)
