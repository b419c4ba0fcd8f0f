"""A conversation with Keycloak's Admin API as one account, safe to share between threads.

Nothing is sent twice behind the caller's back: a lost reply is raised as DirectoryUnavailable, and whoever
knows that a call may be repeated repeats it.
"""

import re
from json import dumps
from threading import Lock
from typing import Any, cast

import requests
from keycloak import KeycloakOpenID, KeycloakOpenIDConnection

from directory.connection import AdminConnection, Connection
from directory.errors import DirectoryRefused, DirectoryUnavailable, raise_for, translated

CONNECTIONS = 32
_SEGMENT = re.compile(r"[\w-]+", re.ASCII)


class Account(KeycloakOpenIDConnection):
    """python-keycloak's connection, with a token that is renewed early and by one thread at a time."""

    def __init__(self, url: str, realm: str, client_id: str, timeout: float, **credentials: Any) -> None:
        # python-keycloak declares whole seconds, and hands parts of one on to requests just as well.
        seconds = cast(int, timeout)
        around = _environment(_base(url))
        super().__init__(
            server_url=_base(url),
            realm_name=realm,
            client_id=client_id,
            timeout=seconds,
            max_retries=0,
            pool_maxsize=CONNECTIONS,
            **credentials,
        )
        self.verify = around["verify"]
        self._s.proxies.update(around["proxies"])
        self._s.trust_env = False
        # An access token lives for a minute unless the realm says more; at two thirds there is time to spare.
        self.token_lifetime_fraction = 0.66
        self._renewing = Lock()
        self._keycloak_openid = KeycloakOpenID(
            server_url=_base(url),
            client_id=client_id,
            realm_name=realm,
            client_secret_key=credentials.get("client_secret_key"),
            timeout=seconds,
            max_retries=0,
        )

    def _refresh_if_required(self) -> None:
        with self._renewing:
            super()._refresh_if_required()

    def refresh_token(self) -> None:
        """Asks for a new token with the secret or password: a service account has no refresh token."""
        try:
            self.get_token()
        except (TypeError, KeyError) as fault:
            raise DirectoryUnavailable("the answer is not Keycloak's: no token in it") from fault


class AdminSession:
    """Calls below `/admin/realms/<realm>/`, with JSON in and out and errors in our words.

    A path is given in its segments; each must be an id or a fixed word, anything else is as good as missing.
    """

    def __init__(self, account: Account, realm: str) -> None:
        self._account = account
        self._root = f"admin/realms/{realm}/"

    @classmethod
    def of(cls, connection: Connection) -> "AdminSession":
        """As a service account, in its own realm."""
        account = Account(
            connection.url,
            connection.realm,
            connection.client_id,
            connection.timeout,
            client_secret_key=connection.client_secret,
        )
        return cls(account, connection.realm)

    @classmethod
    def of_administrator(cls, admin: AdminConnection, realm: str) -> "AdminSession":
        """As the administrator of `master`, in another realm."""
        account = Account(
            admin.url, "master", "admin-cli", admin.timeout, username=admin.user, password=admin.password
        )
        return cls(account, realm)

    def get(self, *path: str, missing: type[DirectoryRefused] = DirectoryRefused, **params: Any) -> Any:
        """The answer's JSON. Raises `missing` when there is nothing at the path."""
        return _json(self._call("get", path, missing, params))

    def post(
        self, *path: str, body: Any, missing: type[DirectoryRefused] = DirectoryRefused, **params: Any
    ) -> str:
        """The id of what was made, from the answer's Location; the empty string when it names none."""
        answer = self._call("post", path, missing, {"data": dumps(body), **params})
        return str(answer.headers.get("Location", "")).rsplit("/", 1)[-1]

    def ask(self, *path: str, body: Any) -> Any:
        """The JSON that a POST answers with."""
        return _json(self._call("post", path, DirectoryRefused, {"data": dumps(body)}))

    def put(
        self,
        *path: str,
        body: Any = None,
        missing: type[DirectoryRefused] = DirectoryRefused,
        **params: Any,
    ) -> None:
        """Sends the body as JSON, or nothing when it is None."""
        data = None if body is None else dumps(body)
        self._call("put", path, missing, {"data": data, **params})

    def delete(self, *path: str, missing: type[DirectoryRefused] = DirectoryRefused) -> None:
        self._call("delete", path, missing, {})

    def _call(
        self, verb: str, path: tuple[str, ...], missing: type[DirectoryRefused], params: dict[str, Any]
    ) -> requests.Response:
        url = self._url(path, missing)
        with translated():
            answer: requests.Response = getattr(self._account, f"raw_{verb}")(url, **params)
        said = _json(answer)
        raise_for(answer.status_code, said, missing)
        if said is None and answer.content:
            raise DirectoryUnavailable("the answer is not Keycloak's: no JSON in it")
        return answer

    def _url(self, path: tuple[str, ...], missing: type[DirectoryRefused]) -> str:
        for segment in path:
            if not _SEGMENT.fullmatch(segment):
                raise missing(f"not an id: {segment[:80]!r}")
        return self._root + "/".join(path)


def _environment(url: str) -> dict[str, Any]:
    """What the environment says of proxies and certificates for this address.

    Read once: requests would read it at every call, which takes a fifth of a call's work here.
    """
    return dict(requests.Session().merge_environment_settings(url, {}, None, True, None))


def _base(url: str) -> str:
    """With a slash at the end: without it, a path joined to an address with a folder replaces the folder."""
    return url.rstrip("/") + "/"


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
