"""Real tokens at the scope API: an application's own, a person's, and all that must open nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from directory.vocabulary import Role
from portal.web.realm_keys import ASKED_EVERY
from tests.support.api.application import EVERYTHING, question
from tests.support.api.service import Service, running
from tests.support.builders.world import MULTI, SINGLE
from tests.support.realm.console import Console
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
EVALUATION = "/access/v1/evaluation"
PAYMENTS, VISITS = "payments", "visits"
PERSON = "tessa@approvers.example"


@pytest.fixture(scope="module")
def service(servers: RunningServers, database: str) -> Iterator[Service]:
    with running(servers, database) as made:
        made.register(PAYMENTS)
        made.register(VISITS)
        made.world.person(PERSON, (SINGLE, Role.PROVIDER_USER), first="Tessa")
        confirm(made, PERSON)
        yield made


def confirm(service: Service, email: str) -> None:
    console = Console(service.realm)
    person = console.user(email)
    console.server.put(f"/users/{person['id']}", person | {"emailVerified": True})


def ask(service: Service, token: str, person: str = PERSON, code: str = SINGLE) -> tuple[int, Any]:
    answer = service.post(EVALUATION, question(person, "provider-user", code), token)
    return answer.status_code, answer.json()


def refused(service: Service, token: str) -> None:
    status, body = ask(service, token)
    assert status == 401, body


def test_an_applications_own_token(service: Service) -> None:
    """Opens what the application was given, about everybody."""
    token = service.own_token(PAYMENTS)
    assert ask(service, token)[1]["decision"] is True
    assert ask(service, token, code=MULTI)[1]["decision"] is False
    assert ask(service, token, "una@approvers.example")[1]["decision"] is True


def test_on_behalf_of_somebody_about_them_alone(service: Service) -> None:
    token = service.tokens_of(VISITS, PERSON)["access_token"]
    assert ask(service, token)[1]["decision"] is True
    others = ask(service, token, "una@approvers.example")[1]
    assert (others["decision"], others["context"]["reason"]) == (False, "not-given-to-application")


def test_an_identity_token_and_a_refresh_token_open_nothing(service: Service) -> None:
    service.world.person("ida@approvers.example", (SINGLE, Role.PROVIDER_USER), first="Ida")
    confirm(service, "ida@approvers.example")
    given = service.tokens_of(VISITS, "ida@approvers.example")
    refused(service, given["id_token"])
    refused(service, given["refresh_token"])


def test_a_client_that_was_given_nothing(service: Service) -> None:
    """As an administrator adds one: its tokens are for somebody else, and it can't ask for more."""
    service.register("given-nothing", "")
    refused(service, service.own_token("given-nothing"))
    with pytest.raises(requests.HTTPError, match="400"):
        service.own_token("given-nothing", scope="cqrs.evaluate")


def test_a_client_as_keycloak_makes_it_has_none_of_the_scopes(service: Service) -> None:
    """No realm default gives them: an administrator has to."""
    console = Console(service.realm)
    console.server.post("/clients", {"clientId": "plain", "secret": "x", "serviceAccountsEnabled": True})
    for made in (console.client("plain"), console.client("cqrs-portal"), console.client("cqrs-reader")):
        scopes = {*made["defaultClientScopes"], *made["optionalClientScopes"]}
        assert not [name for name in scopes if name.startswith("cqrs.")]


def test_a_token_of_the_portals_own_clients(service: Service) -> None:
    """The audience `cqrs` is not this API's."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "cqrs-reader",
        "client_secret": service.realm.environment["CQRS_READER_SECRET"],
    }
    answer = requests.post(f"{service.issuer}/protocol/openid-connect/token", data=form, timeout=30)
    refused(service, answer.json()["access_token"])


def test_a_role_and_no_question_is_no_audience(service: Service) -> None:
    """The scopes of roles and places alone make no token for this API."""
    service.register("told-of-roles", "cqrs.role.provider-user cqrs.place.everywhere")
    refused(service, service.own_token("told-of-roles"))


def test_each_question_needs_its_scope(service: Service) -> None:
    service.register("searches", EVERYTHING.replace("cqrs.evaluate ", ""))
    status, body = ask(service, service.own_token("searches"))
    assert status == 403, body


def test_a_token_of_another_realm(service: Service, servers: RunningServers) -> None:
    """With a client of the same name, given the same, on the same Keycloak."""
    with fresh_realm(servers) as realm:
        other = Service(service.address, realm, service.world)
        other.register(PAYMENTS)
        refused(service, other.own_token(PAYMENTS))


def test_an_expired_token(service: Service) -> None:
    """Keycloak signs one that lasted a second, and the API's leeway is over."""
    service.register("short", attributes={"access.token.lifespan": "-60"})
    refused(service, service.own_token("short"))


@pytest.mark.parametrize("algorithm", ["HS256", "RS512"])
def test_another_algorithm(service: Service, algorithm: str) -> None:
    """Keycloak signs as the client says; the API takes three."""
    client = f"signs-{algorithm}".lower()
    service.register(client, attributes={"access.token.signed.response.alg": algorithm})
    refused(service, service.own_token(client))


def test_an_altered_token(service: Service) -> None:
    """Cut from its signature, or with another's."""
    head, body, signature = service.own_token(PAYMENTS).split(".")
    other = service.own_token(VISITS).split(".")[2]
    for made in (f"{head}.{body}.", f"{head}.{body}.{other}", f"eyJhbGciOiJub25lIn0.{body}.{signature}"):
        refused(service, made)


def test_rotated_keys_are_followed(service: Service) -> None:
    """A token signed with a key that came after the last look."""
    assert ask(service, service.own_token(PAYMENTS))[0] == 200
    realm_id = Console(service.realm).server.get()["id"]
    key = {
        "name": "newer",
        "providerId": "rsa-generated",
        "providerType": "org.keycloak.keys.KeyProvider",
        "parentId": realm_id,
        "config": {"priority": ["200"], "keySize": ["2048"], "algorithm": ["RS256"]},
    }
    Console(service.realm).server.post("/components", key)
    service.world.clock.move(ASKED_EVERY)
    assert ask(service, service.own_token(PAYMENTS))[1]["decision"] is True


def test_a_narrower_token_opens_less(service: Service) -> None:
    """What an application may ask for it need not: each part of it can have a token of its own."""
    service.register(
        "careful",
        "cqrs.evaluate",
        optionalClientScopes=["cqrs.role.provider-user", "cqrs.place.everywhere"],
    )
    assert ask(service, service.own_token("careful"))[1]["decision"] is False
    wider = service.own_token("careful", scope="cqrs.role.provider-user cqrs.place.everywhere")
    assert ask(service, wider)[1]["decision"] is True


def test_one_place_is_given_by_a_scope_of_its_code(service: Service) -> None:
    """Which an administrator makes in the console when it is first needed."""
    scope = {
        "name": f"cqrs.place.{MULTI}",
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "true"},
    }
    Console(service.realm).server.post("/client-scopes", scope)
    service.register("one-place", f"cqrs.evaluate cqrs.role.provider-user cqrs.place.{MULTI}")
    token = service.own_token("one-place")
    assert ask(service, token)[1]["context"]["reason"] == "not-given-to-application"
    assert ask(service, token, code=MULTI)[1]["context"]["reason"] == "not-held"
