"""Each service account can do its job and nothing beside it."""

import pytest
import requests

from tests.support.realm.console import Console
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


class Account:
    """One service account, with a token of its own."""

    def __init__(self, realm: TestRealm, name: str) -> None:
        self._base = f"{realm.servers.keycloak_url}/admin/realms/{realm.name}"
        connection = realm.connection(name)
        asked = {
            "grant_type": "client_credentials",
            "client_id": connection.client_id,
            "client_secret": connection.client_secret,
        }
        address = f"{realm.servers.keycloak_url}/realms/{realm.name}/protocol/openid-connect/token"
        self._token = requests.post(address, data=asked, timeout=30).json()["access_token"]

    def status(self, method: str, path: str, body: object = None) -> int:
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = requests.request(method, self._base + path, json=body, headers=headers, timeout=30)
        return answer.status_code


@pytest.fixture(scope="module")
def person(realm: TestRealm) -> str:
    """Somebody's id, for accounts to try things on."""
    return str(Console(realm).enrol("morag.tulloch@rights.example")["id"])


@pytest.mark.parametrize(
    "path",
    [
        "/users?max=10",
        "/users/{person}",
        "/users/{person}/groups",
        "/users/{person}/credentials",
        "/attack-detection/brute-force/users/{person}",
        "/admin-events?max=10",
        "/group-by-path/organisations",
        "/groups/{top}/children?briefRepresentation=false&subGroupsCount=false",
        "/groups/{desk}/members",
    ],
)
def test_the_reader_reads_all_that_it_is_for(
    realm: TestRealm, console: Console, person: str, path: str
) -> None:
    top, desk = console.group("/organisations")["id"], console.group("/organisations/service-desk")["id"]
    assert Account(realm, "reader").status("GET", path.format(person=person, top=top, desk=desk)) == 200


def test_the_reader_changes_nothing(realm: TestRealm, console: Console, person: str) -> None:
    reader, top = Account(realm, "reader"), console.group("/organisations")["id"]
    assert reader.status("PUT", f"/users/{person}", {"firstName": "Other"}) == 403
    assert reader.status("POST", "/users", {"username": "new@rights.example"}) == 403
    assert reader.status("PUT", f"/users/{person}/groups/{top}") == 403
    assert reader.status("PUT", f"/users/{person}/execute-actions-email", ["UPDATE_PASSWORD"]) == 403
    assert reader.status("POST", f"/groups/{top}/children", {"name": "Y58"}) == 403
    assert reader.status("POST", f"/users/{person}/logout") == 403


@pytest.mark.parametrize(("name", "held"), [("reader", 0), ("writer", 0), ("sync", 0), ("stranger", 1)])
def test_none_has_what_people_have(realm: TestRealm, console: Console, name: str, held: int) -> None:
    """RFC 9700, 4.15: no application takes a program for a person. Somebody who does have a role is seen."""
    cqrs = console.client("cqrs")["id"]
    if name == "stranger":
        account = console.enrol("stranger@rights.example")
        role = console.role("cqrs", "service-desk")
        console.server.post(f"/users/{account['id']}/role-mappings/clients/{cqrs}", [role])
    else:
        client = console.client(realm.connection(name).client_id)
        account = console.server.get(f"/clients/{client['id']}/service-account-user")
    assert len(console.server.get(f"/users/{account['id']}/role-mappings/clients/{cqrs}/composite")) == held


@pytest.mark.parametrize("name", ["reader", "writer", "sync"])
def test_none_sees_or_changes_clients_or_the_realm(
    realm: TestRealm, console: Console, person: str, name: str
) -> None:
    account, portal = Account(realm, name), console.client("cqrs-portal")["id"]
    assert account.status("GET", f"/clients/{portal}") == 403
    assert account.status("GET", f"/clients/{portal}/client-secret") == 403
    assert account.status("POST", "/clients", {"clientId": "mine"}) == 403
    assert account.status("PUT", f"/clients/{portal}", {"redirectUris": ["*"]}) == 403
    assert account.status("PUT", "", {"registrationAllowed": True}) == 403
    assert account.status("DELETE", "") == 403
    # A server built without impersonation answers 501 to everybody.
    assert account.status("POST", f"/users/{person}/impersonation") in (403, 501)


@pytest.mark.parametrize("name", ["writer", "sync"])
@pytest.mark.parametrize("role", ["realm-admin", "manage-clients", "manage-realm", "impersonation"])
def test_none_gives_itself_or_others_more(
    realm: TestRealm, console: Console, person: str, name: str, role: str
) -> None:
    account, management = Account(realm, name), console.client("realm-management")["id"]
    wanted = [console.role("realm-management", role)]
    itself = console.user(f"service-account-cqrs-{name}")["id"]
    for somebody in (person, itself):
        assert account.status("POST", f"/users/{somebody}/role-mappings/clients/{management}", wanted) == 403


def test_the_writer_does_its_job(realm: TestRealm, console: Console, person: str) -> None:
    writer, top = Account(realm, "writer"), console.group("/organisations")["id"]
    assert writer.status("POST", f"/groups/{top}/children", {"name": "Y59"}) == 201
    made = console.group("/organisations/Y59")["id"]
    body = [console.role("cqrs", "commissioner-user")]
    path = f"/groups/{made}/role-mappings/clients/{console.client('cqrs')['id']}"
    assert writer.status("POST", path, body) == 204
    assert writer.status("PUT", f"/users/{person}/groups/{made}") == 204
    assert writer.status("PUT", f"/users/{person}/execute-actions-email", ["UPDATE_PASSWORD"]) == 204
    assert writer.status("POST", f"/users/{person}/logout") == 204
    assert writer.status("DELETE", f"/attack-detection/brute-force/users/{person}") == 204
    assert writer.status("DELETE", f"/users/{person}/groups/{made}") == 204


def test_the_writer_finds_the_ids_of_roles_without_seeing_clients(realm: TestRealm, console: Console) -> None:
    top = console.group("/organisations")["id"]
    path = f"/ui-ext/available-roles/groups/{top}?search=provider-user"
    assert Account(realm, "writer").status("GET", path) == 200
    assert Account(realm, "writer").status("GET", "/clients?clientId=cqrs") == 403


def test_the_sync_keeps_organisations(realm: TestRealm, console: Console) -> None:
    sync, top = Account(realm, "sync"), console.group("/organisations")["id"]
    assert sync.status("POST", f"/groups/{top}/children", {"name": "Y60"}) == 201
    made = console.group("/organisations/Y60")["id"]
    assert sync.status("PUT", f"/groups/{made}", {"name": "Y60", "attributes": {"name": ["South"]}}) == 204
    assert sync.status("GET", "/admin-events") == 403
