"""Keycloak's public keys, for tokens that anybody may send us.

A token names the key that it says it was signed with. One that isn't known may be new, so Keycloak is asked
again, but at most once in a while: made-up names cost it nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet

from portal.web.oidc_calls import NoAnswer

ASKED_EVERY = timedelta(seconds=30)
KEPT = timedelta(minutes=10)
"""A key that Keycloak no longer shows counts no longer than this, while Keycloak answers."""
ALGORITHMS = ["RS256", "PS256", "ES256"]


class KeysUnavailable(Exception):
    """Keycloak's keys aren't known, and it was asked for them a moment ago or doesn't answer."""


class RealmKeys:
    """`fetch` asks Keycloak for its key set; `clock` gives the present time."""

    def __init__(self, fetch: Callable[[], Any], clock: Callable[[], datetime]) -> None:
        self._fetch, self._clock = fetch, clock
        self._asking = Lock()
        self._asked_at: datetime | None = None
        self._keys: KeySet | None = None

    def present(self) -> KeySet | None:
        """The keys that count now: the same object until Keycloak is asked again. None when none are known.

        Raises KeysUnavailable.
        """
        self._asked_first()
        return self._keys

    def decode(self, token: str) -> jwt.Token:
        """The token, whose signature holds.

        Raises KeysUnavailable, and JoseError or ValueError for one that doesn't hold.
        """
        asked = self._asked_first()
        try:
            return self._decode(token)
        except InvalidKeyIdError:
            if asked or not self._ask_if_time():
                raise
            return self._decode(token)

    def decode_given(self, token: str) -> jwt.Token:
        """The same of one that Keycloak has just given: an unknown key is asked for, and waited for."""
        if self._keys is not None:
            self._ask_if_old()
        known = self._keys
        try:
            return self._decode(token)
        except (InvalidKeyIdError, KeysUnavailable):
            with self._asking:
                if self._keys is known:  # nobody asked while this one waited
                    self._ask(self._clock())
            return self._decode(token)

    def _asked_first(self) -> bool:
        return self._ask_if_time() if self._keys is None else self._ask_if_old()

    def _decode(self, token: str) -> jwt.Token:
        if self._keys is None:
            raise KeysUnavailable
        try:
            return jwt.decode(token, self._keys, ALGORITHMS)
        except TypeError as fault:  # joserfc goes through `crit` before it looks what that is
            raise ValueError("a header of another shape") from fault

    def _ask_if_old(self) -> bool:
        if self._asked_at is not None and self._clock() - self._asked_at < KEPT:
            return False
        with suppress(KeysUnavailable):
            return self._ask_if_time()
        return False

    def _ask_if_time(self) -> bool:
        """Whether Keycloak was asked just now: by one thread, which others don't wait for.

        Raises KeysUnavailable when it doesn't answer.
        """
        if not self._asking.acquire(blocking=False):
            return False
        try:
            now = self._clock()
            if self._asked_at is not None and now - self._asked_at < ASKED_EVERY:
                return False
            self._ask(now)
            return True
        finally:
            self._asking.release()

    def _ask(self, now: datetime) -> None:
        self._asked_at = now
        try:
            self._keys = KeySet.import_key_set(self._fetch())
        except (NoAnswer, KeyError, ValueError) as fault:
            raise KeysUnavailable from fault
