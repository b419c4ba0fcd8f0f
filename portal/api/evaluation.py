"""May this person use this role at this organisation? One question, or many in one call."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, jsonify

from portal.api.asking import application
from portal.api.bodies import Object, action, as_object, body, entity, optional, text
from portal.api.deciding import Asked, decide
from portal.api.given import Scope
from portal.api.problems import Problem
from portal.api.routes import PREFIX, api
from portal.api.words import ANSWERS, answered
from portal.rules.grounds import Ground

MOST = 100
"""Evaluations in one call."""
STOPS_AT: Mapping[str, Callable[[Ground], bool]] = {
    "execute_all": lambda _ground: False,
    "deny_on_first_deny": lambda ground: not ground.opens,
    "permit_on_first_permit": lambda ground: ground.opens,
}


@api.post(f"{PREFIX}/evaluation")
@application(Scope.EVALUATE)
def evaluation() -> Response:
    """One decision."""
    return _one(body())


@api.post(f"{PREFIX}/evaluations")
@application(Scope.EVALUATE)
def evaluations() -> Response:
    """A decision for each of `evaluations`, in order, until the semantic says that it is enough."""
    whole = body()
    stops = STOPS_AT[_semantic(whole)]
    asked = _each(whole)
    if not asked:
        return _one(whole)
    return jsonify({"evaluations": [answered(ground) for ground in _until(decide(asked), stops)]})


def _one(whole: Object) -> Response:
    (ground,) = decide([_asked(whole)])
    return Response(ANSWERS[ground], mimetype="application/json")


def _asked(holder: Object, where: str = "") -> Asked:
    optional(holder, "context", where)
    return Asked(entity(holder, "subject", where), action(holder, where), entity(holder, "resource", where))


def _each(whole: Object) -> list[Asked]:
    items: Any = whole.get("evaluations", [])
    if not isinstance(items, list):
        raise Problem(400, "evaluations must be an array.")
    if len(items) > MOST:
        raise Problem(400, f"At most {MOST} evaluations in one call.")
    named = ((f"evaluations[{n}]", item) for n, item in enumerate(items))
    return [_asked({**whole, **as_object(item, where)}, f"{where}.") for where, item in named]


def _semantic(whole: Object) -> str:
    options = optional(whole, "options")
    name = text(options.get("evaluations_semantic", "execute_all"), "options.evaluations_semantic")
    if name not in STOPS_AT:
        raise Problem(400, f"options.evaluations_semantic must be one of {', '.join(STOPS_AT)}.")
    return name


def _until(grounds: Sequence[Ground], stops: Callable[[Ground], bool]) -> Sequence[Ground]:
    first = next((n for n, ground in enumerate(grounds) if stops(ground)), len(grounds))
    return grounds[: first + 1]
