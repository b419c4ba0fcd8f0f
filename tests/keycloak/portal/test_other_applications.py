"""SCP-1: another application signs people in with these accounts, and learns what they may do."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask import Flask

from directory.admin_session import AdminSession
from directory.vocabulary import OrganisationType, Role
from examples import payments
from portal.application import create_app
from portal.effects.runner import run_one
from portal.mirroring.follow import note_in_step
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
    application: Flask

    def tokens_of(self, email: str) -> Any:
        """What the application got at the person's last sign-in: it keeps that to itself."""
        kept = self.application.extensions["tokens"].values()
        return next(one for one in reversed(kept) if one["userinfo"]["email"] == email)

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
        note_in_step(self.services, timedelta(0))

    def signed_in(self, email: str) -> KeycloakVisitor:
        visitor = KeycloakVisitor(self.example, self.realm.servers.keycloak_url).open("/sign-in")
        assert visitor.at_keycloak
        return visitor.insist_on_signing_in(email, PASSWORD)


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
            yield Site(address, realm, scene, services, example)


def place(scene: KeycloakScene) -> None:
    scene.place("QEX", kind=OrganisationType.ICB)
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
    site.follow()
    visitor.open("/")
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
    assert MOST - 5 < len(longest) <= MOST
    site.services.writer.set_access(person_id, longest)
    site.signed_in("long@payments.example")
    kept = site.tokens_of("long@payments.example")
    assert kept["userinfo"]["cqrs_access"] == json.loads(longest)
    assert [kind for kind in ("access_token", "id_token") if len(kept[kind]) >= MOST_OF_A_TOKEN] == []


def test_nobody_writes_what_tokens_say_of_them(site: Site) -> None:
    """Through Keycloak's account interface, were it opened by somebody's slip."""
    person_id = site.enrol("proud@payments.example", ("E10001", Role.PROVIDER_USER))
    before = site.services.reader.person(person_id).access
    headers = {"Authorization": f"Bearer {account_token(site, person_id)}", "Accept": "application/json"}
    address = f"{site.realm.servers.keycloak_url}/realms/{site.realm.name}/account"
    mine = requests.get(address, headers=headers, timeout=30)
    assert mine.status_code == 200
    assert "access" not in mine.json().get("attributes", {})
    forged = {"access": ['{"roles":{"service-desk":["*"]}}']}
    requests.post(address, json=mine.json() | {"attributes": forged}, headers=headers, timeout=30)
    renamed = requests.post(address, json=mine.json() | {"firstName": "Proud"}, headers=headers, timeout=30)
    assert renamed.status_code == 204
    now = site.services.reader.person(person_id)
    assert (now.first_name, now.access) == ("Proud", before)
    assert json.loads(before) == {"roles": {"provider-user": ["E10001"]}}


def account_token(site: Site, person_id: str) -> str:
    """A token with which the person may change their account, as the realm gives to nobody."""
    account = site.scene.ask("GET", "clients?clientId=account").json()[0]
    site.scene.ask("PUT", f"clients/{account['id']}", account | {"enabled": True})
    site.scene.ask("POST", f"clients/{account['id']}/roles", {"name": "manage-account"})
    role = site.scene.ask("GET", f"clients/{account['id']}/roles/manage-account").json()
    site.scene.ask("POST", f"users/{person_id}/role-mappings/clients/{account['id']}", [role])
    opened = {
        "clientId": "opened",
        "publicClient": True,
        "directAccessGrantsEnabled": True,
        "fullScopeAllowed": True,
    }
    site.scene.ask("POST", "clients", opened)
    form = {"client_id": "opened", "grant_type": "password", "username": "proud@payments.example"}
    address = f"{site.realm.servers.keycloak_url}/realms/{site.realm.name}/protocol/openid-connect/token"
    answer = requests.post(address, data=form | {"password": PASSWORD}, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
