"""Pages of a search. A token says after what the next one begins, and is of no use for another question."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from portal.api.asking import caller
from portal.api.bodies import Object, optional, text
from portal.api.problems import Problem
from portal.web.access import services

USUAL, MOST = 100, 1000
"""Results on a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the results is wanted: at most `limit`, after `after`. `of` says of which question."""

    limit: int
    after: str
    of: str

    def answer(self, keys: list[str], results: list[dict[str, Any]]) -> dict[str, Any]:
        """The response, of results that may be one more than wanted; `keys` are what each is ordered by."""
        shown = results[: self.limit]
        last = keys[len(shown) - 1] if shown else self.after
        more = len(results) > self.limit
        token = _serializer().dumps([last, self.limit, self.of]) if more else ""
        return {"page": {"next_token": token, "count": len(shown)}, "results": shown}


def page(whole: Object, *asked: str) -> Page:
    """The page that a request wants, of the question that `asked` says. Raises Problem."""
    wanted = optional(whole, "page")
    optional(wanted, "properties", "page.")
    of = _digest(whole, asked)
    token = text(wanted.get("token", ""), "page.token")
    if not token:
        return Page(_limit(wanted, USUAL), "", of)
    after, limit, before = _read(token)
    if before != of or _limit(wanted, limit) != limit:
        raise Problem(400, "page.token is of another question: only the token may change from page to page.")
    return Page(limit, after, of)


def _limit(wanted: Object, usual: int) -> int:
    limit = wanted.get("limit", usual)
    if isinstance(limit, float) and limit.is_integer():
        limit = int(limit)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise Problem(400, "page.limit must be a whole number, 0 or more.")
    return min(limit, MOST)


def _read(token: str) -> tuple[str, int, str]:
    try:
        after, limit, of = _serializer().loads(token)
    except (BadSignature, ValueError):
        raise Problem(400, "page.token is not one that was given here.") from None
    return after, limit, of


def _digest(whole: Object, asked: tuple[str, ...]) -> str:
    """Of everything that may not change: who asks and what, and what was sent besides. Raises Problem."""
    context = [whole.get("context"), (whole.get("page") or {}).get("properties")]
    try:
        told = json.dumps([caller().application, caller().person_id, *asked, context], sort_keys=True)
    except RecursionError:  # it was just shallow enough to be read
        raise Problem(400, "context or page.properties is nested too deeply.") from None
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(services().settings.secret_key, salt="page of a search")
