"""Access tokens: whose they are, and that Keycloak made them for this API.

Nothing is asked of Keycloak for a token: it is signed, and lasts minutes. One that held is not read again
while it lasts and Keycloak shows the same keys: whatever would refuse it then has refused it already.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.api.given import Given
from portal.web.realm_keys import RealmKeys

AUDIENCE = "cqrs-access"
LEEWAY = 10
"""Seconds by which Keycloak's clock may differ from ours."""
LONGEST = 16 * 1024
REMEMBERED = 1000
"""Tokens of one process. Only Keycloak can make one that is remembered."""


class BadToken(Exception):
    """Not an access token that Keycloak made for this API, or one that has expired."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an application, by its client id, for itself or on behalf of the person who signed in to it.

    `person_id` is that person's; None when it asks for itself.
    """

    application: str
    person_id: str | None
    given: Given

    @property
    def counted_as(self) -> str:
        """Whose allowance it spends: on behalf of somebody their own, so that none uses up another's."""
        return f"{self.application} for {self.person_id}" if self.person_id else self.application

    def may_ask_about(self, person_id: str | None) -> bool:
        """On behalf of somebody, about them alone: not even whether others have an account."""
        return self.person_id in (None, person_id)


@dataclass(frozen=True, slots=True)
class Held:
    """What a token said, `until` it expires (seconds since 1970), under the keys that it held by."""

    caller: Caller
    until: float
    keys: KeySet | None


class Tokens:
    """Reads what comes as a token of this issuer. Of one that held it keeps a hash, and who its bearer is.

    `now` gives the seconds since 1970.
    """

    def __init__(self, issuer: str, now: Callable[[], float] = time.time) -> None:
        self._now, self._registry = now, _registry(issuer, now)
        self._held: dict[bytes, Held] = {}
        self._forgetting = Lock()

    def read(self, token: str, keys: RealmKeys) -> Caller:
        """Who the token's bearer is. Raises BadToken, and KeysUnavailable when it can't be told."""
        if len(token) > LONGEST:
            raise BadToken("too long")
        name, present = sha256(token.encode()).digest(), keys.present()
        held = self._held.get(name)
        if held is None or held.keys is not present or held.until <= self._now():
            held = Held(*self._checked(token, keys), present)
            self._remember(name, held)
        return held.caller

    def _checked(self, token: str, keys: RealmKeys) -> tuple[Caller, float]:
        try:
            claims = keys.decode(token).claims
            self._registry.validate(claims)
            return _caller(claims), claims["exp"] + LEEWAY
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as fault:
            raise BadToken(str(fault)) from fault

    def _remember(self, name: bytes, held: Held) -> None:
        with self._forgetting:
            if len(self._held) >= REMEMBERED:
                self._held.pop(next(iter(self._held)))
            self._held[name] = held


def _registry(issuer: str, now: Callable[[], float]) -> jwt.JWTClaimsRegistry:
    needed: Any = {"essential": True}
    return jwt.JWTClaimsRegistry(
        now=lambda: int(now()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": AUDIENCE},
        typ={"essential": True, "value": "Bearer"},
        exp=needed,
        iat=needed,
        sub=needed,
        azp=needed,
    )


def _caller(claims: dict[str, Any]) -> Caller:
    """Keycloak puts `client_id` in a token of an application's own, and in no other."""
    application, own = str(claims["azp"]), claims.get("client_id")
    given = Given.of(str(claims.get("scope", "")).split())
    if own is None:
        return Caller(application, str(claims["sub"]), given)
    if own != application:
        raise BadToken("of two applications")
    return Caller(application, None, given)
