"""An application that asks the API, with tokens signed by a key that the portal takes for Keycloak's."""

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from portal.api.tokens import AUDIENCE
from portal.web.oidc import realm_urls
from portal.web.realm_keys import RealmKeys
from tests.support.builders.world import World

EVERYWHERE = "cqrs.place.everywhere"


@cache
def realms_key() -> RSAKey:
    """What Keycloak would sign with."""
    return RSAKey.generate_key(2048, {"kid": "of-the-realm", "use": "sig", "alg": "RS256"}, auto_kid=False)


@dataclass
class Application:
    """Asks with what it was given: names of client scopes, with a space between."""

    world: World
    given: str
    person_id: str | None = None

    def get(self, path: str, **query: object) -> Any:
        """The answer, whatever it is."""
        headers = {"Authorization": f"Bearer {self.token()}"}
        return self._client().get(path, query_string=query, headers=headers)

    def _client(self) -> Any:
        app = self.world.app
        public = {"keys": [realms_key().as_dict(private=False)]}
        app.extensions["cqrs_realm_keys"] = RealmKeys(lambda: public, self.world.services.clock)
        return app.test_client()

    def token(self, **other: object) -> str:
        """An access token as Keycloak makes them, with some claims another."""
        now = int(time.time())
        own = {} if self.person_id else {"client_id": "reports"}
        claims = {
            "iss": realm_urls(self.world.services.settings)[0],
            "aud": AUDIENCE,
            "typ": "Bearer",
            "iat": now,
            "exp": now + 300,
            "azp": "reports",
            "sub": self.person_id or "the-service-account",
            "scope": self.given,
        }
        return jwt.encode({"alg": "RS256", "kid": "of-the-realm"}, claims | own | other, realms_key())
