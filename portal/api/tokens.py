"""Access tokens: whose they are, and that Keycloak made them for this API.

Nothing is asked of Keycloak for a token: it is signed, and lasts minutes.
"""

from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from portal.api.given import Given
from portal.web.realm_keys import RealmKeys

AUDIENCE = "cqrs-access"
LEEWAY = 10
"""Seconds by which Keycloak's clock may differ from ours."""
LONGEST = 16 * 1024


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


def read(token: str, keys: RealmKeys, issuer: str) -> Caller:
    """Who the token's bearer is. Raises BadToken, and KeysUnavailable when it can't be told."""
    if len(token) > LONGEST:
        raise BadToken("too long")
    try:
        claims = keys.decode(token).claims
        _registry(issuer).validate(claims)
        return _caller(claims)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as fault:
        raise BadToken(str(fault)) from fault


def _registry(issuer: str) -> jwt.JWTClaimsRegistry:
    needed: Any = {"essential": True}
    return jwt.JWTClaimsRegistry(
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
