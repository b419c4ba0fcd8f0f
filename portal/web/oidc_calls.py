"""How the calls of sign-in reach Keycloak: by connections that stay open, and with the request's name."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from authlib.oauth2.auth import ClientAuth
from requests.adapters import HTTPAdapter
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from directory.straight_calls import StraightCalls
from directory.trace import traced

CONNECTIONS = 8
TIMEOUT = 10.0
"""Seconds for a connection, and for each wait for an answer."""


class NoAnswer(Exception):
    """Keycloak doesn't answer, or with what isn't its own."""


class Answer(NamedTuple):
    """What came back, as Authlib reads it."""

    status_code: int
    content: bytes

    @property
    def ok(self) -> bool:
        return self.status_code < 300

    def json(self) -> Any:
        """Raises ValueError when it is none."""
        return json.loads(self.content)

    def raise_for_status(self) -> None:
        """Raises NoAnswer for a refusal, or where it leads on to elsewhere."""
        if not self.ok:
            raise NoAnswer(f"answered with {self.status_code}")


class Calls:
    """To Keycloak's address. Each is sent once, keeps no cookie, and may raise NoAnswer."""

    def __init__(self, url: str) -> None:
        self._straight = StraightCalls(url, HTTPAdapter(pool_maxsize=CONNECTIONS))

    def get(
        self, path: str, headers: Mapping[str, str] | None = None, timeout: float | Timeout = TIMEOUT
    ) -> Answer:
        return self._send("GET", path, headers or {}, None, timeout)

    def post(
        self, path: str, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth
    ) -> Answer:
        """Sends a form; `auth` says whose it is."""
        _, signed, body = auth.prepare("POST", path, dict(headers), urlencode(data))
        return self._send("POST", path, signed, body.encode(), TIMEOUT)

    def _send(
        self, verb: str, path: str, headers: Mapping[str, str], body: bytes | None, timeout: float | Timeout
    ) -> Answer:
        try:
            reply = self._straight.send(verb, path, {**headers, **traced()}, body, timeout=timeout)
        except HTTPError as fault:
            raise NoAnswer(str(fault)) from fault
        return Answer(reply.status, reply.content)
