"""A realm of a test's own, loaded from the same file that the service's realm is.

It is made in one call, as Keycloak makes it of the file at its first start, and then put right in the three
parts that this leaves to do; `tests/keycloak/realm/test_applying.py` asserts that no
other part differs. To compare every part costs as much again as making it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from directory.admin_session import AdminSession
from directory.connection import AdminConnection, Connection
from directory.realm.client_scopes import ClientScopes
from directory.realm.default_scopes import DefaultScopes
from directory.realm.files import REALM_FILES, read
from directory.realm.planning import make
from directory.realm.realm_roles import RealmRoles
from tests.support.servers.realm_keys import KEY_PROVIDERS, key_providers
from tests.support.servers.running import AUDIT_KEY, RunningServers

PORTAL_URL = "http://localhost:8000"


LONGEST_WAIT = 120.0
"""Seconds that Keycloak may take for a call, as to make a realm, on a machine that does other things too."""


@dataclass(frozen=True)
class TestRealm:
    """A realm that only this test module uses. `environment` holds every CQRS_ variable it was made with."""

    __test__ = False

    name: str
    servers: RunningServers
    environment: dict[str, str] = field(repr=False)

    @property
    def admin(self) -> AdminConnection:
        where = self.servers
        return AdminConnection(where.keycloak_url, where.admin, where.admin_password, timeout=LONGEST_WAIT)

    def connection(self, account: str) -> Connection:
        """As the service account "reader", "writer" or "sync"."""
        secret = self.environment[f"CQRS_{account.upper()}_SECRET"]
        where = self.servers.keycloak_url
        return Connection(where, self.name, f"cqrs-{account}", secret, timeout=LONGEST_WAIT)


@contextmanager
def fresh_realm(
    servers: RunningServers, portal_url: str = PORTAL_URL, **variables: str
) -> Iterator[TestRealm]:
    """A realm with a name nobody else has, gone again at the end; `variables` as the environment has them."""
    name = f"test-{secrets.token_hex(4)}"
    realm = TestRealm(name, servers, _environment(servers, name, portal_url) | variables)
    _make(realm)
    try:
        yield realm
    finally:
        AdminSession(realm.admin, name).delete_if_there()


def _make(realm: TestRealm) -> None:
    wanted = read(REALM_FILES, realm.environment)
    session = AdminSession(realm.admin, realm.name)
    make(session, wanted | {"components": wanted["components"] | {KEY_PROVIDERS: key_providers()}})
    for part in (ClientScopes(), DefaultScopes(), RealmRoles()):
        part.correct(session, wanted)


def _environment(servers: RunningServers, name: str, portal_url: str) -> dict[str, str]:
    made = {f"CQRS_{kind}_SECRET": secrets.token_urlsafe(24) for kind in ("READER", "WRITER", "SYNC")}
    return made | {
        "CQRS_ENVIRONMENT": "development",
        "CQRS_PORTAL_URL": portal_url,
        "CQRS_PORTAL_INTERNAL_URL": portal_url,
        "CQRS_KEYCLOAK_URL": servers.keycloak_url,
        "CQRS_KEYCLOAK_INTERNAL_URL": servers.keycloak_url,
        "CQRS_REALM": name,
        "CQRS_PORTAL_CLIENT_SECRET": secrets.token_urlsafe(24),
        "CQRS_SECRET_KEY": secrets.token_urlsafe(24),
        "CQRS_AUDIT_KEY": AUDIT_KEY,
        "CQRS_SMTP_HOST": servers.smtp_host,
        "CQRS_SMTP_PORT": str(servers.smtp_port),
        "CQRS_MAIL_FROM": "no-reply@cqrs.example",
        "CQRS_SERVICE_DESK_EMAIL": "service.desk@cqrs.example",
        "CQRS_SERVICE_DESK_PHONE": "0300 000 0000",
        "CQRS_KEYCLOAK_ADMIN": servers.admin,
        "CQRS_KEYCLOAK_ADMIN_PASSWORD": servers.admin_password,
    }
