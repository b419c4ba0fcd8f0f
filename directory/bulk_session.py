"""Many calls at once to Keycloak's Admin API, for the bulk work on organisations.

aiohttp, because python-keycloak spends more on each call than Keycloak does. Every call made through here may
be repeated without harm, so lost replies are asked again; a change of something that others change too begins
again with its reading (`edit`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Self, TypeVar

import aiohttp

from directory.access_token import AccessToken
from directory.admin_paths import AdminPath, admin_path
from directory.connection import AdminConnection, Connection
from directory.errors import (
    DirectoryAccessDenied,
    DirectoryAway,
    DirectoryUnavailable,
    NotThere,
    answered,
    no_answer,
)
from directory.pace import Pace
from directory.trace import traced

TRIES = 3
PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds before the second try, and twice as long before each one after
LONGEST_ASKED = 60.0  # seconds that we wait because we are asked to
AT_ONCE = 16
LONGEST_CALL = 120.0  # seconds; reading or importing hundreds of organisations at once takes some
NEEDED_ROLE = "the role manage-users"

_Answer = TypeVar("_Answer")


class BulkSession:
    """Calls as one service account, or as the administrator of the realm `master`; `async with` opens it.

    A path is given in its segments; `task` says what is being done, for messages. A call raises
    DirectoryUnavailable, after three tries where another may help, or DirectoryRefused. A Keycloak that has
    answered and then goes away, or asks for less, is waited for, up to `patience` in seconds: by `wait`,
    which is given for how long before each next try.
    """

    def __init__(
        self,
        connection: Connection | AdminConnection,
        realm: str,
        patience: float = 0.0,
        wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._connection = connection
        self._realm = realm
        self._token = AccessToken(connection)
        self._patience = patience
        self._wait = wait
        self._has_answered = False
        self._pace = Pace(AT_ONCE)

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=LONGEST_CALL, sock_connect=self._connection.timeout)
        connector = aiohttp.TCPConnector(limit=0)
        self._http = aiohttp.ClientSession(timeout=timeout, connector=connector, middlewares=(_sent_once,))
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._http.close()

    async def get_or_none(self, *path: str, task: str, **params: str) -> Any:
        """The JSON of the answer, or None where there is nothing."""
        with suppress(NotThere):
            return await self._tried(lambda: self._once("GET", path, task, params=params))
        return None

    async def post(self, *path: str, task: str, body: object = None) -> Any:
        """The JSON of the answer, None when it is empty. Raises AlreadyThere, NotThere."""
        return await self._tried(lambda: self._once("POST", path, task, body=body))

    async def delete_if_there(self, *path: str, task: str) -> None:
        """Nothing at the path is as good."""
        with suppress(NotThere):
            await self._tried(lambda: self._once("DELETE", path, task))

    async def edit(self, *path: str, task: str, edited: Callable[[Any], object]) -> None:
        """Reads what is at the path and PUTs what `edited` makes of it, until that makes None: no more to do.

        Every try begins with the reading, so that nothing old is put back. Raises NotThere.
        """

        async def as_wanted() -> bool:
            body = edited(await self._once("GET", path, task))
            if body is not None:
                await self._once("PUT", path, task, body=body)
            return body is None

        for _ in range(TRIES):
            if await self._tried(as_wanted):
                return
        raise DirectoryUnavailable(f"others change the same again and again while {task}: run again")

    async def _once(
        self,
        method: str,
        path: AdminPath,
        task: str,
        body: object = None,
        params: dict[str, str] | None = None,
    ) -> Any:
        token = await self._current_token(task)
        url = f"{self._connection.url.rstrip('/')}/{admin_path(self._realm, path)}"
        headers = {"Authorization": f"Bearer {token}", **traced()}
        try:
            async with (
                self._pace,
                self._http.request(method, url, json=body, params=params, headers=headers) as answer,
            ):
                status, content = answer.status, await answer.read()
                asked = answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise no_answer(self._connection.url, task, fault) from fault
        if status == HTTPStatus.UNAUTHORIZED:
            self._token.discard(token)
        try:
            result = answered(status, content, task, NotThere, needs=NEEDED_ROLE)
        except DirectoryAway as fault:
            fault.retry_after = _seconds(asked)
            raise
        self._has_answered = True
        return result

    async def _tried(self, call: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """The answer of the first try that is not met by a passing fault."""
        began, attempt = time.monotonic(), 0
        while True:
            attempt += 1
            try:
                answer = await call()
            except DirectoryAccessDenied:
                raise
            except DirectoryUnavailable as fault:
                self._pace.press()
                if not self._tries_again(attempt, began, fault):
                    raise
                await self._wait(_pause(attempt, fault))
            else:
                self._pace.ease()
                return answer

    def _tries_again(self, attempt: int, began: float, fault: DirectoryUnavailable) -> bool:
        waits = isinstance(fault, DirectoryAway) and self._has_answered
        return attempt < TRIES or (waits and time.monotonic() - began < self._patience)

    async def _current_token(self, task: str) -> str:
        if self._token.is_due:
            return await asyncio.to_thread(self._token.current, task)
        return self._token.value


def _pause(attempt: int, fault: DirectoryUnavailable) -> float:
    """As long as the server asks for, if it does: a proxy before Keycloak may."""
    asked = fault.retry_after if isinstance(fault, DirectoryAway) else 0.0
    return min(asked, LONGEST_ASKED) if asked else min(PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)


def _seconds(retry_after: str) -> float:
    """Of the header; a date there counts as nothing said."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 0.0


async def _sent_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keeps aiohttp from sending a PUT again on its own when a connection ends: what it writes may be old."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as lost:
        raise aiohttp.ClientError(str(lost)) from lost
