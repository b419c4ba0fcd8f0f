"""Many evaluations in one call: the three semantics, default values, and what is asked wrongly."""

from typing import Any

import pytest

from tests.support.api.application import Application, application, question
from tests.support.builders.world import MULTI, SINGLE, World, build

YES, NO = SINGLE, MULTI


@pytest.fixture(scope="module")
def shared(database: str) -> World:
    return build(database)


@pytest.fixture
def asks(shared: World) -> Application:
    return application(shared)


def many(world: World, *codes: str, semantic: str | None = None) -> dict[str, Any]:
    """Of una as a Provider User, who is at SINGLE."""
    whole = question(world.people["una"].id, "provider-user", "unused")
    options = {"options": {"evaluations_semantic": semantic}} if semantic else {}
    items = [{"resource": {"type": "organisation", "id": code}} for code in codes]
    return whole | options | {"evaluations": items}


def decisions(asks: Application, body: dict[str, Any]) -> list[bool]:
    answer = asks.post("/evaluations", body)
    assert answer.status_code == 200, answer.text
    assert set(answer.json) == {"evaluations"}
    return [one["decision"] for one in answer.json["evaluations"]]


@pytest.mark.parametrize(
    ("semantic", "codes", "expected"),
    [
        (None, (YES, NO, YES), [True, False, True]),
        ("execute_all", (YES, NO, YES), [True, False, True]),
        ("deny_on_first_deny", (YES, NO, YES), [True, False]),
        ("deny_on_first_deny", (YES, YES), [True, True]),
        ("deny_on_first_deny", (YES, "P999", YES), [True, False]),
        ("permit_on_first_permit", (NO, YES, NO), [False, True]),
        ("permit_on_first_permit", (NO, NO), [False, False]),
    ],
)
def test_the_three_semantics(
    shared: World, asks: Application, semantic: str | None, codes: tuple[str, ...], expected: list[bool]
) -> None:
    """In the order asked, and no further than the semantic says."""
    assert decisions(asks, many(shared, *codes, semantic=semantic)) == expected


def test_an_item_overrides_what_stands_above(shared: World, asks: Application) -> None:
    """Each of subject, action and resource; what it leaves out is taken from there."""
    body = many(shared, YES, YES, YES)
    body["evaluations"][1]["subject"] = {"type": "person", "id": shared.people["pam"].id}
    body["evaluations"][2]["action"] = {"name": "provider-finance"}
    assert decisions(asks, body) == [True, False, False]


def test_nothing_need_stand_above(shared: World, asks: Application) -> None:
    """When each item says all."""
    una = shared.people["una"].id
    items = [question(una, "provider-user", code) for code in (YES, NO)]
    assert decisions(asks, {"evaluations": items}) == [True, False]


@pytest.mark.parametrize("items", [None, []])
def test_without_items_it_is_one_evaluation(
    shared: World, asks: Application, items: list[Any] | None
) -> None:
    body = question(shared.people["una"].id, "provider-user", YES)
    answer = asks.post("/evaluations", body | ({} if items is None else {"evaluations": items}))
    assert answer.json == asks.post("/evaluation", body).json
    assert answer.json["decision"] is True


@pytest.mark.parametrize(
    "wrong",
    [
        {"evaluations": "all"},
        {"evaluations": [7]},
        {"evaluations": [{"subject": None}]},
        {"evaluations": [{"subject": {"type": "person"}}]},
        {"evaluations": [{"context": "now"}]},
        {"options": "fast"},
        {"options": {"evaluations_semantic": "some"}},
        {"options": {"evaluations_semantic": 3}},
        {"evaluations": [{}] * 101},
    ],
)
def test_what_is_asked_wrongly(shared: World, asks: Application, wrong: dict[str, Any]) -> None:
    """Is refused as a whole, so that no decision is missed."""
    answer = asks.post("/evaluations", many(shared, YES) | wrong)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_a_hundred_at_once(shared: World, asks: Application) -> None:
    assert decisions(asks, many(shared, *[YES, NO] * 50)) == [True, False] * 50


@pytest.mark.parametrize("missing", ["subject", "action", "resource"])
def test_what_neither_says_is_missing(shared: World, asks: Application, missing: str) -> None:
    body = many(shared, YES)
    del body[missing]
    body["evaluations"] = [{}]
    answer = asks.post("/evaluations", body)
    assert answer.status_code == 400
    assert f"evaluations[0].{missing}" in answer.json["detail"]
