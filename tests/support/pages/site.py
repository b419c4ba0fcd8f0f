"""The portal on a port of its own beside a real Keycloak, whose people sign in there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from directory.vocabulary import Role
from portal.application import create_app
from portal.model.sessions import PortalSession
from portal.services import Services, build
from portal.settings import Settings
from portal.store import mirror
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.serving import free_port, served
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningServers


@dataclass
class Site:
    """The portal beside its Keycloak, and builders for both."""

    portal: str
    realm: TestRealm
    scene: KeycloakScene
    services: Services

    def visitor(self) -> KeycloakVisitor:
        return KeycloakVisitor(self.portal, self.realm.servers.keycloak_url)

    def enrol(self, email: str, *codes: str) -> str:
        """Somebody who is Provider User at these practices and has confirmed the address; the id."""
        for code in codes:
            self.practice(code)
        held = tuple((code, Role.PROVIDER_USER) for code in codes)
        person = self.scene.enrol(email, "Ann", "Lee", held)
        user = self.scene.ask("GET", f"users/{person.id}").json()
        self.scene.ask("PUT", f"users/{person.id}", user | {"emailVerified": True})
        return person.id

    def practice(self, code: str) -> None:
        made = self.scene.place(code, f"Practice {code}")
        with self.services.sessions.begin() as db:
            mirror.refresh_organisation(db, made)

    def sessions_of(self, person_id: str) -> int:
        count = select(func.count()).select_from(PortalSession).where(PortalSession.person_id == person_id)
        with self.services.sessions() as db:
            return db.scalar(count) or 0

    def signed_in(self, email: str, path: str = "/home") -> KeycloakVisitor:
        """Somebody who opened this page, and gave their password where that led."""
        visitor = self.visitor().open(path)
        assert visitor.at_keycloak
        return visitor.insist_on_signing_in(email, PASSWORD)


@contextmanager
def opened(servers: RunningServers, database: str) -> Iterator[Site]:
    """A portal on a port of its own, and a realm that knows it there."""
    port = free_port()
    with fresh_realm(servers, f"http://localhost:{port}") as realm:
        services = build(Settings.from_environment(realm.environment | {"CQRS_DATABASE_URL": database}))
        with served(create_app(services), port) as portal:
            yield Site(portal, realm, KeycloakScene(realm), services)
