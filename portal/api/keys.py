"""The keys that Keycloak signs with, fetched when they are needed and looked at again as they rotate."""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import requests
from flask import Flask, current_app
from joserfc.jwk import KeySet
from joserfc.jwk import import_key as read_key

from portal.settings import Settings
from portal.web.oidc import realm_urls

TIMEOUT = (1.0, 3.0)
"""How long, in seconds, a connection and then an answer may take."""
SOONEST = 5.0
"""Seconds between two fetches at least, however many tokens name a key that nobody has."""
LONGEST = 300.0
"""Seconds after which a key that Keycloak no longer shows counts no more."""


class UnknownKey(Exception):
    """No key of the realm has this id."""


class KeysUnavailable(Exception):
    """Keycloak's keys can't be had, and none are kept."""


class Keys:
    """The realm's keys for signatures, by id. `fetch` gives the key set; `clock` counts seconds.

    A key that is unknown is looked for at once, so a rotation is followed at the first token signed with the
    new one; forged ids cost one fetch in a while, all together.
    """

    def __init__(
        self, fetch: Callable[[], Mapping[str, Any]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch, self._clock = fetch, clock
        self._fetching = Lock()
        self._keys: dict[str, KeySet] = {}
        self._tried_at = self._fetched_at = float("-inf")

    def named(self, kid: str) -> KeySet:
        """A set of this one key. Raises UnknownKey, and KeysUnavailable when none was ever had."""
        if kid not in self._keys or self._clock() - self._fetched_at > LONGEST:
            self._look_again()
        if not self._keys:
            raise KeysUnavailable
        if kid not in self._keys:
            raise UnknownKey(kid)
        return self._keys[kid]

    def _look_again(self) -> None:
        with self._fetching:
            if self._clock() - self._tried_at < SOONEST:
                return
            self._tried_at = self._clock()
            try:
                found = self._fetch()["keys"]
            except (requests.RequestException, ValueError, KeyError):
                return
            self._keys = {key["kid"]: KeySet([read_key(key)]) for key in found if _signs(key)}
            self._fetched_at = self._tried_at


def _signs(key: Mapping[str, Any]) -> bool:
    return key.get("use") == "sig" and key.get("kty") in {"RSA", "EC"} and bool(key.get("kid"))


def install(app: Flask, settings: Settings) -> None:
    """Gives `app` the keys of the settings' realm; none is fetched yet."""
    address = f"{realm_urls(settings)[1]}/protocol/openid-connect/certs"
    app.extensions["cqrs_access_keys"] = Keys(lambda: _fetched(address))


def _fetched(address: str) -> Mapping[str, Any]:
    answer = requests.get(address, timeout=TIMEOUT)
    answer.raise_for_status()
    found: Mapping[str, Any] = answer.json()
    return found


def keys() -> Keys:
    """Those of this application."""
    found: Keys = current_app.extensions["cqrs_access_keys"]
    return found
