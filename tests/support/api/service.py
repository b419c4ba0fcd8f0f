"""The scope API as it runs: the portal on a port, a real Keycloak that gives the tokens, a mirror in step."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from portal.mirroring.follow import note_in_step
from tests.support.api.application import EVERYTHING
from tests.support.builders.world import World, build_real
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.pages.serving import free_port, served
from tests.support.realm.console import Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningServers

CALLBACK = "http://localhost:8000/signin/callback"
SECRET = secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Service:
    """`world` is the country that it answers about."""

    address: str
    realm: TestRealm
    world: World

    def register(self, client_id: str, scope: str = EVERYTHING, **facts: Any) -> None:
        """An application, as an administrator adds it and gives it these scopes."""
        client = {
            "clientId": client_id,
            "secret": SECRET,
            "serviceAccountsEnabled": True,
            "standardFlowEnabled": True,
            "redirectUris": [CALLBACK],
            "fullScopeAllowed": False,
            "defaultClientScopes": ["basic", "service_account", *scope.split()],
            "optionalClientScopes": [],
        }
        Console(self.realm).server.post("/clients", client | facts)

    def own_token(self, client_id: str, **asked: str) -> str:
        """The application's own (client credentials)."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": SECRET}
        address = f"{self.issuer}/protocol/openid-connect/token"
        answer = requests.post(address, data=form | asked, timeout=30)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def tokens_of(self, client_id: str, email: str) -> dict[str, Any]:
        """What it gets when this person signs in to it."""
        pages = KeycloakPages(self.realm)
        pages.start(client_id=client_id, redirect_uri=CALLBACK)
        pages.sign_in(email, PASSWORD)
        return pages.tokens(client_id=client_id, client_secret=SECRET, redirect_uri=CALLBACK)

    @property
    def issuer(self) -> str:
        return f"{self.realm.servers.keycloak_url}/realms/{self.realm.name}"

    def post(self, path: str, body: Any, token: str = "", **headers: str) -> requests.Response:
        """The answer; a path below the portal's address, or a whole address."""
        address = path if path.startswith("http") else self.address + path
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        note_in_step(self.world.services, timedelta(0))
        return requests.post(address, json=body, headers=bearer | headers, timeout=30)


@contextmanager
def running(servers: RunningServers, database: str) -> Iterator[Service]:
    """One of a realm of its own."""
    port = free_port()
    with fresh_realm(servers, f"http://localhost:{port}") as realm:
        names = ("CQRS_PORTAL_URL", "CQRS_KEYCLOAK_URL", "CQRS_REALM", "CQRS_READER_SECRET")
        environment = {name: realm.environment[name] for name in names}
        world = build_real(database, KeycloakScene(realm), environment)
        with served(world.app, port) as address:
            yield Service(address, realm, world)
