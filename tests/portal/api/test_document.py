"""The OpenAPI document: it is the routes', and every answer is as it says, whatever is sent."""

from typing import Any

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from portal.api.metadata import DOCUMENT
from portal.rules.grounds import Ground
from tests.support.api.application import application, token
from tests.support.builders.world import World, build

EXAMPLES, UNREAD = 30, 5
"""Of each kind of data for each operation, and of what the portal doesn't read."""
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
ASKED = [(path, method) for path, method in OPERATIONS if "security" not in DOCUMENT["paths"][path][method]]
SELDOM_FOUND = ("/access/v1/changes", "/access/v1/why")
"""What is asked for is none that there is, mostly, and told so."""
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@pytest.fixture(scope="module")
def shared(database: str) -> World:
    world = build(database)
    application(world)
    return world


@pytest.fixture(scope="module")
def schema(shared: World) -> Any:
    """The document as it is served; a test says itself which token is sent."""
    made = schemathesis.openapi.from_wsgi("/access/v1/openapi.json", shared.app)
    made.config.generation.update(with_security_parameters=False)
    return made


def send(
    operation: APIOperation, authorization: str, *but: Any, statuses: set[int], examples: int = EXAMPLES
) -> None:
    """Good and bad data of every kind, each answer held against the document and against `statuses`."""
    headers = {"Authorization": authorization} if authorization else {}
    takes_data = operation.body or len(operation.query)
    for mode in MODES if takes_data else MODES[:1]:

        @settings(max_examples=examples, derandomize=True, phases=(Phase.generate, Phase.shrink))
        @given(case=operation.as_strategy(generation_mode=mode))
        def each(case: Any) -> None:
            answer = case.call_and_validate(headers=headers, excluded_checks=list(but))
            assert answer.status_code in statuses, answer.text

        each()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_with_a_token(schema: Any, path: str, method: str) -> None:
    """No fault of ours and nothing undocumented; a token or cursor is any string, and seldom a good one."""
    but = [positive_data_acceptance] if path in SELDOM_FOUND or "/search/" in path else []
    send(schema[path][method.upper()], f"Bearer {token()}", *but, statuses={200, 400, 404, 405, 413, 415})


@pytest.mark.parametrize(("path", "method"), ASKED)
@pytest.mark.parametrize("sent", ["", "Bearer made.up.token", f"Bearer {token('openid')}"])
def test_without_a_good_token(schema: Any, path: str, method: str, sent: str) -> None:
    """Whatever the body, it isn't looked at."""
    send(schema[path][method.upper()], sent, positive_data_acceptance, statuses={401, 403}, examples=UNREAD)


def test_it_names_every_route(shared: World) -> None:
    """Each address of the API with its method, and no other."""
    routes = {
        (rule.rule, method.lower())
        for rule in shared.app.url_map.iter_rules()
        if rule.endpoint.startswith("access.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(OPERATIONS)


def test_it_names_every_reason() -> None:
    decision = DOCUMENT["components"]["schemas"]["Decision"]
    assert decision["properties"]["context"]["properties"]["reason"]["enum"] == list(Ground)


def test_it_is_served_to_anybody(shared: World) -> None:
    """With the address of this portal."""
    answer = shared.app.test_client().get("/access/v1/openapi.json")
    assert answer.json == {**DOCUMENT, "servers": [{"url": "http://localhost:8000"}]}
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
