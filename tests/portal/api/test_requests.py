"""What an application may send wrong, and how it is told: problem details, and no fault of ours."""

import pytest

from tests.support.api.application import Application, application, question
from tests.support.builders.world import SINGLE, build

ENDPOINTS = ("/evaluation", "/evaluations", "/search/subject", "/search/resource", "/search/action")
GOOD = question("una@approvers.example", "provider-user", SINGLE)


@pytest.fixture(scope="module")
def asks(database: str) -> Application:
    return application(build(database))


def send(asks: Application, path: str, body: bytes, **headers: str) -> "tuple[int, str]":
    sent = {"Authorization": f"Bearer {asks.token}", "Content-Type": "application/json"} | headers
    answer = asks.client.post(f"/access/v1{path}", data=body, headers=sent)
    return answer.status_code, answer.mimetype


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"words"',
        b"null",
        b'{"subject": {"type": "person", "id": "\\ud800"}, "action": {"name": "a"}}',
        b'{"subject": 1, "subject": 2}',
        b'{"context": NaN}',
        b'{"n": ' + b"9" * 5000 + b"}",
        b'{"deep": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"latin": "\xe9"}',
    ],
    ids=["none", "cut", "array", "string", "null", "half", "twice", "nan", "long number", "deep", "latin"],
)
def test_a_body_that_is_no_json_object(asks: Application, path: str, body: bytes) -> None:
    assert send(asks, path, body) == (400, "application/problem+json")


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "change",
    [
        {"subject": None},
        {"subject": "una"},
        {"subject": {"id": "una"}},
        {"subject": {"type": 1, "id": "una"}},
        {"resource": {}},
        {"resource": {"type": "organisation", "id": "P001", "properties": []}},
        {"context": []},
    ],
)
def test_an_entity_that_is_none(asks: Application, path: str, change: dict[str, object]) -> None:
    assert asks.post(path, GOOD | change).status_code == 400


@pytest.mark.parametrize("path", ENDPOINTS)
def test_each_needed_entity_is_needed(asks: Application, path: str) -> None:
    """A search by action has none."""
    for name in {"subject", "resource", *(() if path == "/search/action" else ("action",))}:
        answer = asks.post(path, {key: value for key, value in GOOD.items() if key != name})
        assert answer.status_code == 400
        assert answer.json["detail"].startswith(name)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_only_json_is_taken(asks: Application, path: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert send(asks, path, b"{}", **{"Content-Type": kind})[0] == 415
    assert send(asks, path, b"{}", **{"Content-Type": "application/json; charset=utf-8"})[0] == 400


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_body_that_is_too_large(asks: Application, path: str) -> None:
    assert send(asks, path, b" " * (128 * 1024 + 1))[0] == 413


def test_a_name_with_a_nul_is_nobodys(asks: Application) -> None:
    assert asks.told("una\0@approvers.example", "provider-user", SINGLE) == (False, "not-held")
    assert asks.told("una@approvers.example", "provider-user", "P\0") == (False, "organisation-unknown")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/access/v1/evaluation", 405),
        ("DELETE", "/access/v1/search/subject", 405),
        ("POST", "/access/v1/elsewhere", 404),
        ("GET", "/access/v2/evaluation", 404),
        ("GET", "/.well-known/elsewhere", 404),
        ("POST", "/.well-known/authzen-configuration", 405),
    ],
)
def test_an_address_that_is_none(asks: Application, method: str, path: str, status: int) -> None:
    """As the API answers, not as a page does."""
    answer = asks.client.open(path, method=method, headers={"X-Request-ID": "one"})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.headers["X-Request-ID"] == "one"
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_the_requests_id_comes_back(asks: Application, path: str) -> None:
    """With every answer, good or bad; where none was sent, one of ours."""
    for body in (GOOD, {}):
        answer = asks.post(path, body, **{"X-Request-ID": "bfe9 eb29; \xe9"})
        assert answer.headers["X-Request-ID"] == "bfe9 eb29; \xe9"
    assert len(asks.post(path, GOOD).headers["X-Request-ID"]) == 32
    unknown = asks.client.post(f"/access/v1{path}", json=GOOD, headers={"X-Request-ID": "two"})
    assert (unknown.status_code, unknown.headers["X-Request-ID"]) == (401, "two")


def test_no_answer_is_kept(asks: Application) -> None:
    """By any cache on the way."""
    assert asks.post("/evaluation", GOOD).headers["Cache-Control"] == "no-store"
