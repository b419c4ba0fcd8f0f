"""An application that asks the scope API, with tokens of a key that stands in for Keycloak's."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from portal.mirroring.follow import note_in_step
from portal.web.realm_keys import RealmKeys
from tests.support.builders.world import World

KEY = RSAKey.generate_key(2048, {"kid": "of-the-test", "use": "sig", "alg": "RS256"})
ISSUER = "http://localhost:1/realms/cqrs"
EVERYTHING = (
    "cqrs.evaluate cqrs.search cqrs.changes cqrs.why cqrs.place.everywhere cqrs.role.commissioner-user"
    " cqrs.role.commissioner-approver cqrs.role.commissioner-finance cqrs.role.organisation-administrator"
    " cqrs.role.user-administrator cqrs.role.advanced-user-administrator cqrs.role.provider-approver"
    " cqrs.role.provider-user cqrs.role.provider-finance cqrs.role.service-desk"
)


def claims(scope: str = EVERYTHING, person: str = "", **others: Any) -> dict[str, Any]:
    """As Keycloak has them: of an application's own token, or of one for the person who signed in to it."""
    now = int(time.time())
    made = {"iss": ISSUER, "aud": ["cqrs-access"], "typ": "Bearer", "azp": "payments", "scope": scope}
    own = {"sub": person} if person else {"sub": "account-of-payments", "client_id": "payments"}
    whole = made | own | {"iat": now, "exp": now + 300} | others
    return {name: value for name, value in whole.items() if value is not None}


def token(scope: str = EVERYTHING, person: str = "", **others: Any) -> str:
    """The same, signed; a claim that is None is left out."""
    return jwt.encode({"alg": "RS256", "kid": KEY.kid}, claims(scope, person, **others), KEY)


@dataclass
class Application:
    """Asks, with one token."""

    client: FlaskClient
    token: str

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        """The answer of an address below /access/v1."""
        sent = {"Authorization": f"Bearer {self.token}"} | headers
        return self.client.post(f"/access/v1{path}", json=body, headers=sent)

    def send(self, path: str, body: str) -> TestResponse:
        """The same of a body as it is written."""
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self.client.post(f"/access/v1{path}", data=body, headers=sent)

    def get(self, path: str, **query: object) -> TestResponse:
        """The same, of a question that is in the address."""
        sent = {"Authorization": f"Bearer {self.token}"}
        return self.client.get(f"/access/v1{path}", query_string=query, headers=sent)

    def told(self, person: str, role: str, code: str) -> tuple[bool, str]:
        """Whether the person may use the role there, and the reason."""
        answer = self.post("/evaluation", question(person, role, code))
        assert answer.status_code == 200, answer.text
        return answer.json["decision"], answer.json["context"]["reason"]

    def found(self, what: str, body: Any) -> list[str]:
        """All that a search finds, page by page."""
        keys: list[str] = []
        token = None
        while token != "":
            page = body.get("page", {}) | ({"token": token} if token else {})
            answer = self.post(f"/search/{what}", body | {"page": page})
            assert answer.status_code == 200, answer.text
            keys += [one.get("id", one.get("name")) for one in answer.json["results"]]
            token = answer.json["page"]["next_token"]
        return keys


def question(person: str, role: str, code: str) -> dict[str, Any]:
    """An evaluation request."""
    subject, resource = {"type": "person", "id": person}, {"type": "organisation", "id": code}
    return {"subject": subject, "action": {"name": role}, "resource": resource}


def application(world: World, scope: str = EVERYTHING, person: str = "", **others: Any) -> Application:
    """One with these scopes, asking a portal whose mirror stays in step for as long as a test takes."""
    trust(world)
    in_step(world, -timedelta(hours=1))
    return Application(world.app.test_client(), token(scope, person, **others))


def trust(world: World) -> None:
    """Has the portal find the test's key where it looks for Keycloak's."""
    shown = {"keys": [KEY.as_dict(private=False)]}
    world.app.extensions["cqrs_realm_keys"] = RealmKeys(lambda: shown, world.clock)


def in_step(world: World, ago: timedelta = timedelta(0)) -> None:
    """The mirror as the worker leaves it, so long ago."""
    note_in_step(world.services, ago)
