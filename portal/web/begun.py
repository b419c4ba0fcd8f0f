"""The sign-ins that a browser has begun at Keycloak: it keeps them itself, sealed, each in a cookie.

So whoever begins leaves nothing with us, and tabs don't disturb one another. What is sealed only the portal
can read or make; it is bound to its cookie's name, which is the attempt's, and counts for an hour.
"""

import json
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, Response, after_this_request, current_app, request, session

from portal.web.sessions import PERSON

LASTS = timedelta(hours=1)
MOST = 5
"""Of one browser, each in a tab of its own."""
MOST_BYTES = 6000
"""Of all their cookies: a proxy takes some 8,000 in the headers of a request."""
LARGEST = 4000
"""Bytes of one, with its name: browsers take 4,096. A page to come back to that is too long is left out."""
PURPOSE = b"CQRS accounts: sign-ins that were begun"
RANDOM = 12
"""Bytes that AES-GCM wants to be others each time."""


class Begun(NamedTuple):
    """What has to be known when Keycloak sends the browser back.

    `action` is what Keycloak was asked to let the person do besides. `person_id` is whose session it renews;
    empty where nobody was signed in.
    """

    nonce: str
    code_verifier: str
    come_back_to: str
    action: str
    person_id: str


class BegunSignIns:
    """Has browsers keep them, in cookies called like `cookie_name`; `clock` gives the present time."""

    def __init__(
        self, secret_key: str, clock: Callable[[], datetime], cookie_name: str, *, secure: bool
    ) -> None:
        made = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
        self._seal, self._clock = AESGCM(made), clock
        self._prefix = f"{cookie_name}-begun-"
        self._told: dict[str, Any] = {"path": "/", "secure": secure, "httponly": True, "samesite": "Lax"}

    def keep(self, state: str, begun: Begun) -> None:
        """The answer to this request has the browser keep it, and forget what is too much."""
        name = self._prefix + state
        value = self._sealed(name, begun)
        if len(name) + len(value) > LARGEST:
            value = self._sealed(name, begun._replace(come_back_to=""))
        self._make_room(len(name) + len(value))
        after_this_request(partial(self._set, name, value))

    def take(self, state: str) -> Begun | None:
        """What was begun with this state, which the browser then forgets: it counts once.

        None when this browser didn't begin it, or somebody who isn't signed in here: that of somebody signed
        in is theirs alone, and whoever signs in after them can't go on with it.
        """
        name = self._prefix + state
        if name not in request.cookies:
            return None
        after_this_request(partial(self._drop, name))
        found = self._opened(name, request.cookies[name])
        if found is None or found.begun.person_id not in ("", session.get(PERSON)):
            return None
        return found.begun

    def forget_all(self) -> None:
        """As at sign-out."""
        for name in self._kept():
            after_this_request(partial(self._drop, name))

    def _kept(self) -> Mapping[str, str]:
        return {name: value for name, value in request.cookies.items() if name.startswith(self._prefix)}

    def _make_room(self, size: int) -> None:
        """Forgets the oldest, and before them what can't be read."""
        kept, left, room = self._kept(), MOST - 1, MOST_BYTES - size
        if len(kept) <= left and sum(map(len, (*kept, *kept.values()))) <= room:
            return
        for name in sorted(kept, key=lambda name: self._until(name, kept[name]), reverse=True):
            left, room = left - 1, room - len(name) - len(kept[name])
            if left < 0 or room < 0:
                after_this_request(partial(self._drop, name))

    def _until(self, name: str, value: str) -> float:
        found = self._opened(name, value)
        return found.until if found else 0.0

    def _sealed(self, name: str, begun: Begun) -> str:
        until = (self._clock() + LASTS).timestamp()
        chance, plain = secrets.token_bytes(RANDOM), json.dumps([until, *begun], ensure_ascii=False).encode()
        return urlsafe_b64encode(chance + self._seal.encrypt(chance, plain, name.encode())).decode()

    def _opened(self, name: str, value: str) -> "_Opened | None":
        """None for one that we didn't seal under this name, or that has expired."""
        with suppress(InvalidTag, ValueError):
            sealed = b64decode(value, b"-_", validate=True)
            plain = self._seal.decrypt(sealed[:RANDOM], sealed[RANDOM:], name.encode())
            until, *begun = json.loads(plain)
            if until > self._clock().timestamp():
                return _Opened(until, Begun(*begun))
        return None

    def _set(self, name: str, value: str, answer: Response) -> Response:
        answer.set_cookie(name, value, max_age=LASTS, **self._told)
        return answer

    def _drop(self, name: str, answer: Response) -> Response:
        answer.delete_cookie(name, **self._told)
        return answer


class _Opened(NamedTuple):
    until: float
    begun: Begun


def install(app: Flask, kept: BegunSignIns) -> None:
    """Has `app` go by these."""
    app.extensions["cqrs_begun"] = kept


def begun_sign_ins() -> BegunSignIns:
    """Those of the browser that asks now."""
    found: BegunSignIns = current_app.extensions["cqrs_begun"]
    return found
