"""What an application reads first: it finds its way by this alone."""

import secrets
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.support.api.application import ISSUER, application, question, token
from tests.support.builders.world import SINGLE, build, build_places

HERE = "http://localhost:8000"
GOOD = question("una@approvers.example", "provider-user", SINGLE)


@pytest.fixture(scope="module")
def client(database: str) -> FlaskClient:
    return application(build(database)).client


def test_the_decision_point_and_its_endpoints(client: FlaskClient) -> None:
    """AuthZEN, Policy Decision Point Metadata: nothing without a value; it is where it says."""
    answer = client.get("/.well-known/authzen-configuration")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == {
        "policy_decision_point": HERE,
        "access_evaluation_endpoint": f"{HERE}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{HERE}/access/v1/evaluations",
        "search_subject_endpoint": f"{HERE}/access/v1/search/subject",
        "search_resource_endpoint": f"{HERE}/access/v1/search/resource",
        "search_action_endpoint": f"{HERE}/access/v1/search/action",
    }
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_in_production_all_of_it_is_encrypted(database: str) -> None:
    """The settings refuse another address."""
    names = ("PORTAL_CLIENT_SECRET", "READER_SECRET", "WRITER_SECRET", "SECRET_KEY", "AUDIT_KEY")
    addresses = {
        "CQRS_PORTAL_URL": "https://accounts.example",
        "CQRS_KEYCLOAK_URL": "https://keycloak.example",
    }
    unguessed = {f"CQRS_{name}": secrets.token_urlsafe(32) for name in names}
    world = build_places(database, CQRS_ENVIRONMENT="production", **addresses, **unguessed)
    document = world.app.test_client().get("/.well-known/authzen-configuration").json
    assert all(value.startswith("https://accounts.example") for value in document.values())


def test_who_gives_tokens_is_read_from_the_refusal(client: FlaskClient) -> None:
    """RFC 9728: from the 401 to the metadata, from there to Keycloak and the scopes to ask it for."""
    refused = client.post("/access/v1/evaluation", json=GOOD)
    says = refused.headers["WWW-Authenticate"]
    address = says.partition('resource_metadata="')[2].partition('"')[0]
    found = client.get(urlsplit(address).path).json
    assert found["authorization_servers"] == [ISSUER]
    assert found["resource"] == HERE
    assert {"cqrs.evaluate", "cqrs.search", "cqrs.role.provider-user"} <= set(found["scopes_supported"])


def test_a_client_that_reads_only_the_metadata_finds_its_way(client: FlaskClient) -> None:
    """Each endpoint where it says, asked in the standard's own forms."""
    found = client.get("/.well-known/authzen-configuration").json
    assert found["policy_decision_point"] == HERE
    bearer = {"Authorization": f"Bearer {token()}"}

    def ask(parameter: str, body: Any) -> Any:
        answer = client.post(urlsplit(found[parameter]).path, json=body, headers=bearer)
        assert (answer.status_code, answer.content_type) == (200, "application/json")
        return answer.json

    assert ask("access_evaluation_endpoint", GOOD)["decision"] is True
    many = ask("access_evaluations_endpoint", GOOD | {"evaluations": [{}, {"action": {"name": "other"}}]})
    assert [one["decision"] for one in many["evaluations"]] == [True, False]
    who = ask("search_subject_endpoint", GOOD | {"subject": {"type": "user"}})["results"]
    assert [one["type"] for one in who] == ["user"]
    where = ask("search_resource_endpoint", GOOD | {"resource": {"type": "organisation"}})["results"]
    assert where == [{"type": "organisation", "id": SINGLE}]
    without = {name: GOOD[name] for name in ("subject", "resource")}
    assert ask("search_action_endpoint", without)["results"] == [{"name": "provider-user"}]
