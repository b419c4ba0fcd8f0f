"""Many calls at once to Keycloak's Admin API, for the bulk work on organisations.

aiohttp, because python-keycloak spends more on each call than Keycloak does. Every call made through here may
be repeated without harm, so lost replies are asked again; a change of something that others change too begins
again with its reading (`edit`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp

from directory.connection import AdminConnection, Connection
from directory.errors import DirectoryRefused, DirectoryUnavailable

TRIES = 3
PAUSE = 0.5  # seconds before the second try, twice that before the third
LONGEST_CALL = 120.0  # seconds; reading or importing hundreds of organisations at once takes some
_TOKEN_SHARE = 0.6  # a token is renewed after this share of its life


@dataclass(frozen=True, slots=True)
class Reply:
    """Keycloak's answer: `made` is the id at the end of its Location header, or the empty string."""

    status: int
    body: Any
    made: str = ""


class BulkSession:
    """Calls as one service account, or as the administrator of the realm `master`; `async with` opens it.

    A call raises DirectoryUnavailable (after three tries) or DirectoryRefused, with what was being done.
    """

    def __init__(self, connection: Connection | AdminConnection, realm: str) -> None:
        self._connection = connection
        self._base = f"{connection.url.rstrip('/')}/admin/realms/{realm}"
        self._token = ""
        self._renew_at = 0.0
        self._renewing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=LONGEST_CALL, sock_connect=self._connection.timeout)
        connector = aiohttp.TCPConnector(limit=0)
        self._http = aiohttp.ClientSession(timeout=timeout, connector=connector, middlewares=(_sent_once,))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def get(self, path: str, doing: str, params: Mapping[str, str] | None = None) -> Any:
        """The body of the answer; None when there is no such thing."""
        reply = await self.call("GET", path, doing, params=params, accept=(404,))
        return None if reply.status == 404 else reply.body

    async def call(
        self,
        method: str,
        path: str,
        doing: str,
        *,
        body: object = None,
        params: Mapping[str, str] | None = None,
        accept: tuple[int, ...] = (),
    ) -> Reply:
        """Makes the call; `accept` are the refusals that the caller deals with itself."""
        return await self._tried(lambda: self._once(method, path, body, params), doing, accept)

    async def edit(self, path: str, doing: str, edited: Callable[[Any], object]) -> bool:
        """Reads what is at the path and PUTs what `edited` makes of it, until that makes None: no more to do.

        Every try begins with the reading, so that nothing old is put back. Whether there is such a thing.
        """

        async def read_and_write() -> Reply:
            read = await self._once("GET", path, None, None)
            body = edited(read.body) if read.status < 400 else None
            return read if body is None else await self._once("PUT", path, body, None)

        for _ in range(TRIES):
            reply = await self._tried(read_and_write, doing, accept=(404,))
            if reply.status == 404:
                return False
            if reply.status == 200:  # the reading's: a PUT has nothing to say
                return True
        raise DirectoryUnavailable(f"others change the same again and again while {doing}: run again")

    async def _tried(self, ask: Callable[[], Awaitable[Reply]], doing: str, accept: tuple[int, ...]) -> Reply:
        for attempt in range(1, TRIES + 1):
            try:
                reply = await ask()
            except (aiohttp.ClientError, TimeoutError) as error:
                if attempt == TRIES:
                    raise DirectoryUnavailable(
                        f"Keycloak did not answer while {doing}: {_what(error)}"
                    ) from error
            else:
                if reply.status < 400 or reply.status in accept:
                    return reply
                if attempt == TRIES or not self._may_pass(reply):
                    raise _failure(reply, doing)
            await asyncio.sleep(PAUSE * attempt)
        raise AssertionError("unreachable")

    def _may_pass(self, reply: Reply) -> bool:
        """Whether asking again may help; an outdated token is thrown away first."""
        if reply.status == 401:
            self._renew_at = 0.0
        return reply.status in {401, 429} or reply.status >= 500

    async def _once(self, method: str, path: str, body: object, params: Mapping[str, str] | None) -> Reply:
        headers = {"Authorization": f"Bearer {await self._bearer()}"}
        url = f"{self._base}{path}"
        async with self._http.request(method, url, json=body, params=params, headers=headers) as answer:
            json_answer = answer.content_type == "application/json"
            content = await answer.json() if json_answer else await answer.text()
            return Reply(answer.status, content, answer.headers.get("Location", "").rpartition("/")[2])

    async def _bearer(self) -> str:
        if time.monotonic() < self._renew_at:
            return self._token
        async with self._renewing:
            if time.monotonic() >= self._renew_at:
                await self._sign_in()
        return self._token

    async def _sign_in(self) -> None:
        realm, form = _credentials(self._connection)
        url = f"{self._connection.url.rstrip('/')}/realms/{realm}/protocol/openid-connect/token"
        started = time.monotonic()
        async with self._http.post(url, data=form) as answer:
            if answer.status >= 500:
                raise DirectoryUnavailable(f"Keycloak failed at sign-in ({answer.status}): try again later")
            if answer.status >= 400:
                raise DirectoryRefused(_sign_in_advice(self._connection, answer.status))
            content = await answer.json()
        self._token = content["access_token"]
        self._renew_at = started + _TOKEN_SHARE * float(content["expires_in"])


async def _sent_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keeps aiohttp from sending a PUT again on its own when a connection ends: what it writes may be old."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as lost:
        raise aiohttp.ClientError(_what(lost)) from lost


def _credentials(connection: Connection | AdminConnection) -> tuple[str, dict[str, str]]:
    """The realm to sign in to, and the form."""
    if isinstance(connection, Connection):
        return connection.realm, {
            "grant_type": "client_credentials",
            "client_id": connection.client_id,
            "client_secret": connection.client_secret,
        }
    return "master", {
        "grant_type": "password",
        "client_id": "admin-cli",
        "username": connection.user,
        "password": connection.password,
    }


def _sign_in_advice(connection: Connection | AdminConnection, status: int) -> str:
    if isinstance(connection, Connection):
        who = f"the service account {connection.client_id} of the realm {connection.realm}"
        return f"Keycloak does not let {who} in ({status}): check the realm, and the account's secret"
    return f"Keycloak does not let the administrator {connection.user} in ({status}): check name and password"


def _failure(reply: Reply, doing: str) -> Exception:
    body = reply.body if isinstance(reply.body, dict) else {}
    said = body.get("errorMessage") or body.get("error_description") or body.get("error") or "no reason given"
    text = f"Keycloak answered {reply.status} while {doing}: {said}"
    if reply.status == 403:
        return DirectoryRefused(f"{text}. The service account for organisations needs the role manage-users")
    return DirectoryUnavailable(text) if reply.status >= 500 else DirectoryRefused(text)


def _what(error: Exception) -> str:
    return str(error) or type(error).__name__
