"""One name from a browser's request to Keycloak, whichever way it takes: sign-in, or the worker."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from directory.trace import named
from directory.vocabulary import Role
from directory.writer import KeycloakWriter
from portal.acts.decide import Decision, decide
from portal.application import create_app
from portal.services import build
from portal.settings import Settings
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import HERE, build_real
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.heard import names_heard
from tests.support.pages.approver import confirmed
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.serving import free_port, served
from tests.support.servers.realm import PORTAL_URL, TestRealm, fresh_realm
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
COMMISSIONER = (Role.COMMISSIONER_APPROVER, "A01")


@pytest.fixture
def proxy(servers: RunningServers) -> Iterator[FaultProxy]:
    with fault_proxy(servers.keycloak_url) as made:
        yield made


def test_signing_in_and_out(servers: RunningServers, database: str, proxy: FaultProxy) -> None:
    """Asking whether Keycloak is there, the code for a token, its keys, and its session's end."""
    port = free_port()
    with fresh_realm(servers, f"http://localhost:{port}") as realm:
        confirmed(KeycloakScene(realm)).enrol("told@nhs.net", "Ann", "Lee", ())
        known = {"CQRS_DATABASE_URL": database, "CQRS_KEYCLOAK_INTERNAL_URL": proxy.url}
        services = build(Settings.from_environment(realm.environment | known))
        with served(create_app(services), port) as portal:
            visitor = KeycloakVisitor(portal, servers.keycloak_url)
            visitor.open("/home").sign_in("told@nhs.net", PASSWORD)
            visitor.press_sign_out()
    before, by_oidc = f"/realms/{realm.name}", "/protocol/openid-connect"
    heard = [(address.removeprefix(before), name) for address, name in names_heard(proxy, before)]
    of_pages = {"", f"{by_oidc}/token", f"{by_oidc}/logout"}
    # The keys may also be asked for by Keycloak's own call of the portal, at the session's end.
    assert of_pages | {f"{by_oidc}/certs"} <= {address for address, _ in heard}
    assert all(name for _, name in heard)
    assert {name for address, name in heard if address in of_pages} <= set(visitor.named_by_the_portal)


def test_what_the_worker_does_for_a_page(realm: TestRealm, database: str, proxy: FaultProxy) -> None:
    """However much later: its name is kept with what is to be done."""
    world = build_real(database, KeycloakScene(realm))
    request_id = world.registered()
    carol, nobody_waits = world.actor("carol", *COMMISSIONER), replace(world.services, wait=bool)
    with named("page-0002"):
        decide(nobody_waits, carol, request_id, Decision.APPROVE, "", HERE)
    writer = KeycloakWriter(
        replace(realm.connection("writer"), url=proxy.url), f"{PORTAL_URL}/signin/callback"
    )
    assert run_due(replace(world.services, writer=writer))
    assert {name for _, name in names_heard(proxy)} == {"page-0002"}
