"""AuthZEN's Authorization API 1.0 on the running service: what it demands of a decision point, one by one.

docs/authzen.md names these tests, line by line of the standard.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.api.application import question
from tests.support.api.service import Service, running
from tests.support.builders.world import MULTI, SINGLE
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
EVALUATION, EVALUATIONS = "/access/v1/evaluation", "/access/v1/evaluations"
SUBJECT, RESOURCE, ACTION = (f"/access/v1/search/{what}" for what in ("subject", "resource", "action"))
GOOD = question("una@approvers.example", "provider-user", SINGLE)
BODIES = {
    EVALUATION: GOOD,
    EVALUATIONS: GOOD | {"evaluations": [{}]},
    SUBJECT: GOOD | {"subject": {"type": "user"}},
    RESOURCE: GOOD | {"resource": {"type": "organisation"}},
    ACTION: {name: GOOD[name] for name in ("subject", "resource")},
}
FOUR = GOOD | {
    "subject": {"type": "user", "id": "carol@approvers.example"},
    "action": {"name": "commissioner-approver"},
    "resource": {"type": "organisation"},
}


@pytest.fixture(scope="module")
def service(servers: RunningServers, database: str) -> Iterator[Service]:
    with running(servers, database) as made:
        made.register("payments")
        yield made


@pytest.fixture(scope="module")
def token(service: Service) -> str:
    return service.own_token("payments")


def told(service: Service, token: str, path: str, body: Any) -> Any:
    answer = service.post(path, body, token)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json"), answer.text
    return answer.json()


def test_the_version_is_in_every_endpoint(service: Service) -> None:
    found = metadata(service)
    assert all("/v1/" in found[name] for name in found if name.endswith("_endpoint"))


def test_a_denial_is_false_and_no_error(service: Service, token: str) -> None:
    """Whoever is refused is told so with 200."""
    denied = told(service, token, EVALUATION, question("una@approvers.example", "provider-user", MULTI))
    assert denied["decision"] is False
    assert told(service, token, EVALUATION, GOOD)["decision"] is True


def test_what_an_item_leaves_out_has_to_stand_above(service: Service, token: str) -> None:
    for name in ("subject", "action", "resource"):
        body = {key: value for key, value in GOOD.items() if key != name} | {"evaluations": [{}]}
        assert service.post(EVALUATIONS, body, token).status_code == 400
        inside = body | {"evaluations": [{name: GOOD[name]}]}
        assert told(service, token, EVALUATIONS, inside)["evaluations"][0]["decision"] is True


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        (None, [True, False, True]),
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_the_three_semantics(
    service: Service, token: str, semantic: str | None, expected: list[bool]
) -> None:
    options = {"options": {"evaluations_semantic": semantic}} if semantic else {}
    items = [{"resource": {"type": "organisation", "id": code}} for code in (SINGLE, MULTI, SINGLE)]
    answer = told(service, token, EVALUATIONS, GOOD | options | {"evaluations": items})
    assert [one["decision"] for one in answer["evaluations"]] == expected
    assert "decision" not in answer


def test_a_page_says_that_there_is_more_and_the_last_that_there_is_not(service: Service, token: str) -> None:
    """A token that is not empty, then an empty one; all results between them, each once."""
    found: list[str] = []
    page: dict[str, Any] = {"limit": 3}
    while True:
        answer = told(service, token, RESOURCE, FOUR | {"page": page})
        found += [one["id"] for one in answer["results"]]
        assert answer["page"]["count"] == len(answer["results"])
        if answer["page"]["next_token"] == "":
            break
        assert len(answer["results"]) == 3
        page = {"limit": 3, "token": answer["page"]["next_token"]}
    assert found == ["A01", "P001", "P002", "P004"]


def test_nothing_but_the_token_may_change_between_pages(service: Service, token: str) -> None:
    first = told(service, token, RESOURCE, FOUR | {"page": {"limit": 2}})
    page = {"limit": 2, "token": first["page"]["next_token"]}
    assert service.post(RESOURCE, FOUR | {"page": page}, token).status_code == 200
    changed = FOUR | {"subject": {"type": "user", "id": "chris@approvers.example"}}
    assert service.post(RESOURCE, changed | {"page": page}, token).status_code == 400
    assert service.post(RESOURCE, FOUR | {"page": page | {"limit": 3}}, token).status_code == 400


def test_a_page_has_no_keys_of_ours(service: Service, token: str) -> None:
    assert set(told(service, token, RESOURCE, FOUR)["page"]) <= {"next_token", "count", "total"}
    assert "capabilities" not in metadata(service)


def test_results_are_of_the_kind_that_was_searched(service: Service, token: str) -> None:
    assert told(service, token, RESOURCE, BODIES[RESOURCE])["results"] == [GOOD["resource"]]
    (una,) = told(service, token, SUBJECT, BODIES[SUBJECT])["results"]
    assert una == {"type": "user", "id": service.world.people["una"].id}
    assert told(service, token, ACTION, BODIES[ACTION])["results"] == [{"name": "provider-user"}]


@pytest.mark.parametrize(("path", "entity"), [(SUBJECT, "subject"), (RESOURCE, "resource")])
def test_a_search_needs_the_type_and_ignores_the_id(
    service: Service, token: str, path: str, entity: str
) -> None:
    kind = BODIES[path][entity]["type"]
    with_id = BODIES[path] | {entity: {"type": kind, "id": "whatever"}}
    assert told(service, token, path, with_id) == told(service, token, path, BODIES[path])
    assert service.post(path, BODIES[path] | {entity: {}}, token).status_code == 400


def metadata(service: Service) -> dict[str, Any]:
    answer = requests.get(f"{service.address}/.well-known/authzen-configuration", timeout=30)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    found: dict[str, Any] = answer.json()
    return found


def test_the_metadata_is_where_its_identifier_says(service: Service) -> None:
    """The well-known name after the host, by GET; an object of known parameters, none without a value."""
    found = metadata(service)
    assert found["policy_decision_point"] == service.address
    assert all(found.values())
    assert set(found) == {
        "policy_decision_point",
        "access_evaluation_endpoint",
        "access_evaluations_endpoint",
        "search_subject_endpoint",
        "search_resource_endpoint",
        "search_action_endpoint",
    }
    answer = requests.post(f"{service.address}/.well-known/authzen-configuration", timeout=30)
    assert answer.status_code == 405


def test_no_metadata_is_signed(service: Service) -> None:
    """So nothing signed can be wrong, or stand before what is plain."""
    assert "signed_metadata" not in metadata(service)


def test_a_client_that_reads_only_the_metadata_finds_its_way(service: Service) -> None:
    """From the address of the portal alone, with what Keycloak gave it: endpoints, issuer, token, answers."""
    refused = requests.post(metadata(service)["access_evaluation_endpoint"], json=GOOD, timeout=30)
    assert refused.status_code == 401
    address = refused.headers["WWW-Authenticate"].partition('resource_metadata="')[2].partition('"')[0]
    resource = requests.get(address, timeout=30).json()
    (issuer,) = resource["authorization_servers"]
    server = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=30).json()
    assert urlsplit(server["token_endpoint"]).netloc == urlsplit(issuer).netloc
    token = service.own_token("payments")
    parameters = {
        "access_evaluation_endpoint": EVALUATION,
        "access_evaluations_endpoint": EVALUATIONS,
        "search_subject_endpoint": SUBJECT,
        "search_resource_endpoint": RESOURCE,
        "search_action_endpoint": ACTION,
    }
    for parameter, path in parameters.items():
        told(service, token, metadata(service)[parameter], BODIES[path])


@pytest.mark.parametrize("path", BODIES)
def test_only_json_objects_are_taken(service: Service, token: str, path: str) -> None:
    """By POST, with the type of JSON, and an object on top."""
    good = BODIES[path]
    told(service, token, path, good)
    bearer = {"Authorization": f"Bearer {token}"}
    as_text = requests.post(
        service.address + path,
        data=json.dumps(good),
        headers=bearer | {"Content-Type": "text/plain"},
        timeout=30,
    )
    assert as_text.status_code == 415
    assert service.post(path, [good], token).status_code == 400
    assert requests.get(service.address + path, headers=bearer, timeout=30).status_code == 405


@pytest.mark.parametrize("path", BODIES)
def test_every_answer_is_an_object(service: Service, token: str, path: str) -> None:
    """The refusals too, whose message is a string in it."""
    assert isinstance(told(service, token, path, BODIES[path]), dict)
    for bad, given in ((BODIES[path], ""), ({}, token), ([], token)):
        body = service.post(path, bad, given).json()
        assert isinstance(body, dict)
        assert isinstance(body["detail"], str)


@pytest.mark.parametrize("path", BODIES)
def test_what_is_required_and_missing_is_a_bad_request(service: Service, token: str, path: str) -> None:
    whole = BODIES[path] if path != EVALUATIONS else GOOD
    for name, entity in whole.items():
        assert service.post(path, {k: v for k, v in whole.items() if k != name}, token).status_code == 400
        for key in entity:
            less = {k: v for k, v in entity.items() if k != key}
            assert service.post(path, whole | {name: less}, token).status_code == 400, (name, key)


@pytest.mark.parametrize("path", BODIES)
def test_unknown_fields_and_any_order_are_taken(service: Service, token: str, path: str) -> None:
    good = BODIES[path]
    turned = {name: good[name] for name in reversed(good)} | {"of_another_version": {"deep": [1, None]}}
    assert told(service, token, path, turned) == told(service, token, path, good)


@pytest.mark.parametrize("path", BODIES)
def test_a_requests_id_comes_back(service: Service, token: str, path: str) -> None:
    for given in (token, ""):
        answer = service.post(path, BODIES[path], given, **{"X-Request-ID": "bfe9eb29-ab87"})
        assert answer.headers["X-Request-ID"] == "bfe9eb29-ab87"


@pytest.mark.parametrize("path", BODIES)
def test_without_a_valid_token_it_is_401(service: Service, path: str) -> None:
    for given in ("", "made.up.token"):
        answer = service.post(path, BODIES[path], given)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
