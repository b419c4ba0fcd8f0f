"""SCP-1: another application signs people in with these accounts, and learns what they may do."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from directory.admin_session import AdminSession
from directory.vocabulary import Role
from examples import payments
from portal.application import create_app
from portal.effects.runner import run_one
from portal.mirroring.reconcile import reconcile
from portal.mirroring.scope_feed import bring_in_step
from portal.rules.token_claim import MOST
from portal.services import WorkerServices, build_for_worker
from portal.settings import WorkerSettings
from stack.example import CLIENT, client_of
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.serving import free_port, served
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
SECRET = "of-the-example"
MOST_OF_A_TOKEN = 4096


@dataclass
class Site:
    """The portal and the example application beside their Keycloak; `services` are the worker's."""

    example: str
    realm: TestRealm
    scene: KeycloakScene
    services: WorkerServices

    def enrol(self, email: str, *held: tuple[str, Role]) -> str:
        """Somebody with these roles, of whom tokens say what they are to say; the id."""
        person = self.scene.enrol(email, "Ann", "Lee", held)
        user = self.scene.ask("GET", f"users/{person.id}").json()
        self.scene.ask("PUT", f"users/{person.id}", user | {"emailVerified": True})
        self.follow()
        return person.id

    def follow(self) -> None:
        """The worker's part: everything read again, and all that comes of it done."""
        reconcile(self.services)
        while bring_in_step(self.services) or run_one(self.services)[0]:
            pass

    def signed_in(self, email: str) -> KeycloakVisitor:
        visitor = KeycloakVisitor(self.example, self.realm.servers.keycloak_url).open("/sign-in")
        assert visitor.at_keycloak
        return visitor.sign_in(email, PASSWORD)


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Site]:
    port, other = free_port(), free_port()
    with fresh_realm(servers, f"http://localhost:{port}") as realm:
        settings = WorkerSettings.from_environment(realm.environment | {"CQRS_DATABASE_URL": database})
        services, scene = build_for_worker(settings), KeycloakScene(realm)
        AdminSession(realm.admin, realm.name).post(
            "clients", body=client_of(f"http://localhost:{other}", SECRET)
        )
        issuer = f"{servers.keycloak_url}/realms/{realm.name}"
        example = payments.create_app(f"http://localhost:{port}", issuer, CLIENT, SECRET, "key")
        place(scene)
        with served(create_app(services), port), served(example, other) as address:
            yield Site(address, realm, scene, services)


def place(scene: KeycloakScene) -> None:
    kinds = scene.reader.__class__ and __import__("directory.vocabulary", fromlist=["x"]).OrganisationType
    scene.place("QEX", kind=kinds.ICB)
    for code in ("E10001", "E10002"):
        scene.place(code, parent="QEX")


def test_the_practices_that_the_token_names(site: Site) -> None:
    site.enrol("user@payments.example", ("E10001", Role.PROVIDER_USER))
    visitor = site.signed_in("user@payments.example")
    assert "You are user@payments.example" in visitor.text
    assert "/payments/provider-user/E10001" in visitor.text
    assert "E10002" not in visitor.text
    assert "Payments of E10001" in visitor.open("/payments/provider-user/E10001").text
    assert visitor.open("/payments/provider-user/E10002").status == 403
    assert visitor.open("/payments/provider-finance/E10001").status == 403


def test_what_the_api_says_of_a_commissioner(site: Site) -> None:
    """Held at the ICB, it reaches the practices below it."""
    site.enrol("icb@payments.example", ("QEX", Role.COMMISSIONER_USER))
    visitor = site.signed_in("icb@payments.example")
    for code in ("QEX", "E10001", "E10002"):
        assert f"/payments/commissioner-user/{code}" in visitor.text


def test_a_role_that_was_taken_opens_nothing(site: Site) -> None:
    """The token still says that it is held."""
    person_id = site.enrol("left@payments.example", ("E10001", Role.PROVIDER_USER))
    visitor = site.signed_in("left@payments.example")
    site.scene.take_every_role(person_id)
    site.follow()
    assert "/payments/provider-user/E10001" in visitor.open("/").text
    assert visitor.open("/payments/provider-user/E10001").status == 403
    assert "You have no role here" in visitor.open("/sign-in").text


def test_signing_out_ends_it_everywhere(site: Site) -> None:
    site.enrol("out@payments.example", ("E10001", Role.PROVIDER_USER))
    visitor, other = site.signed_in("out@payments.example"), site.signed_in("out@payments.example")
    visitor._go("POST", f"{site.example}/sign-out", {})
    assert "Sign in" in visitor.open("/").text
    assert "You are" in other.open("/").text
    site.services.writer.end_sessions(site.services.reader.person_by_email("out@payments.example").id)
    assert "You are" not in other.open("/").text


def test_a_token_stays_short_whatever_it_says(site: Site) -> None:
    """With the longest claim there may be: somebody at 400 practices has a shorter one."""
    person_id = site.enrol("long@payments.example", ("E10001", Role.PROVIDER_USER))
    longest = json.dumps({"roles": {"provider-user": "x" * (MOST - 30)}}, separators=(",", ":"))
    site.services.writer.set_access(person_id, longest)
    tokens = tokens_of(site, "long@payments.example")
    said = tokens["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    assert claims["cqrs_access"] == json.loads(longest)
    assert {
        kind: len(tokens[kind])
        for kind in ("access_token", "id_token")
        if len(tokens[kind]) >= MOST_OF_A_TOKEN
    } == {}


def tokens_of(site: Site, email: str) -> Any:
    """What the application got at the person's sign-in: kept by it, not shown."""
    asked = {"client_id": "try", "grant_type": "password", "username": email, "password": PASSWORD}
    return requests.post(
        f"{site.realm.servers.keycloak_url}/realms/{site.realm.name}/protocol/openid-connect/token",
        data=asked | {"scope": payments.SCOPE},
        timeout=30,
    ).json()


def test_nobody_writes_what_tokens_say_of_them(site: Site) -> None:
    """Through Keycloak's account interface, were it ever opened."""
    person_id = site.enrol("proud@payments.example", ("E10001", Role.PROVIDER_USER))
    before = site.services.reader.person(person_id).access
    account = site.scene.ask("GET", "clients?clientId=account").json()[0]
    site.scene.ask("PUT", f"clients/{account['id']}", account | {"enabled": True})
    token = tokens_of(site, "proud@payments.example")["access_token"]
    address = f"{site.realm.servers.keycloak_url}/realms/{site.realm.name}/account"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    mine = requests.get(address, headers=headers, timeout=30).json()
    assert "access" not in mine.get("attributes", {})
    forged = mine | {"attributes": {"access": ['{"roles":{"service-desk":["*"]}}']}}
    requests.post(address, json=forged, headers=headers, timeout=30)
    assert site.services.reader.person(person_id).access == before != ""
