"""The access token that each call to Keycloak's Admin API carries: the one way to get it and to renew it."""

import time
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from typing import Any, cast

from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from directory.certificates import NOBODY, trust_authorities
from directory.connection import AdminConnection, Connection
from directory.errors import (
    DirectoryAccessDenied,
    answered,
    is_passing,
    no_answer,
    not_keycloaks,
)
from directory.trace import traced

# A token lives for a minute unless the realm says more; after this share of it there is time to spare.
SHARE_OF_LIFE = 0.66


@dataclass(frozen=True, slots=True)
class _Account:
    """Who signs in, and where; `name` and `advice` are for messages."""

    name: str
    advice: str
    realm: str
    client_id: str
    grant_type: str
    client_secret: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    code: str = field(default="", repr=False)

    def denied(self, status: int) -> str:
        return f"Keycloak does not let {self.name} in ({status}): {self.advice}"


class AccessToken:
    """The token of one account, got when first needed; many threads may share it."""

    def __init__(self, connection: Connection | AdminConnection) -> None:
        self._account = _account(connection)
        self._url = connection.url
        self._openid = KeycloakOpenID(
            server_url=connection.url.rstrip("/") + "/",
            realm_name=self._account.realm,
            client_id=self._account.client_id,
            client_secret_key=self._account.client_secret,
            # python-keycloak declares whole seconds, and hands parts of one on to requests just as well.
            timeout=cast(int, connection.timeout),
            verify=NOBODY,
            max_retries=0,
        )
        trust_authorities(self._openid.connection)
        self._renewing = Lock()
        self._renew_at = 0.0
        self._refresh = ""
        self.value = ""

    @property
    def is_due(self) -> bool:
        """Whether the next `current` signs in, and so takes the time of a call."""
        return time.monotonic() >= self._renew_at

    def current(self, task: str) -> str:
        """A token that Keycloak should accept. Raises DirectoryUnavailable, also as DirectoryAccessDenied."""
        if self.is_due:
            with self._renewing:
                if self.is_due:
                    self._sign_in(task)
        return self.value

    def discard(self, refused: str) -> None:
        """Keycloak no longer accepts this one, so it is not given out again."""
        with self._renewing:
            if self.value == refused:
                self._renew_at = 0.0

    def _sign_in(self, task: str) -> None:
        who, started = self._account, time.monotonic()
        try:
            answer = self._tokens()
            self.value, life = str(answer["access_token"]), float(answer["expires_in"])
        except KeycloakConnectionError as fault:
            raise no_answer(self._url, task, fault) from fault
        except KeycloakError as fault:
            status = fault.response_code or HTTPStatus.INTERNAL_SERVER_ERROR
            if is_passing(status):
                answered(status, fault.response_body or b"", task)
            raise DirectoryAccessDenied(who.denied(status)) from fault
        except (TypeError, KeyError) as fault:
            raise not_keycloaks(task) from fault
        self._renew_at = started + SHARE_OF_LIFE * life

    def _tokens(self) -> dict[str, Any]:
        """With the secret or password each time, as a service account has to; but a code is good once."""
        who = self._account
        self._openid.connection.headers = traced()
        if self._refresh:
            answer = self._openid.refresh_token(self._refresh)
        else:
            # python-keycloak declares a number, and hands on what it gets: a code may begin with 0.
            code = cast(int, who.code or None)
            answer = self._openid.token(who.username, who.password, who.grant_type, totp=code)
        self._refresh = str(answer["refresh_token"]) if who.code else ""
        return dict(answer)


def _account(connection: Connection | AdminConnection) -> _Account:
    if isinstance(connection, Connection):
        return _Account(
            name=f"the service account {connection.client_id} of the realm {connection.realm}",
            advice="check the realm, and the account's secret",
            realm=connection.realm,
            client_id=connection.client_id,
            grant_type="client_credentials",
            client_secret=connection.client_secret,
        )
    return _Account(
        name=f"the administrator {connection.user}",
        advice="check name and password",
        realm="master",
        client_id="admin-cli",
        grant_type="password",
        username=connection.user,
        password=connection.password,
        code=connection.code,
    )
