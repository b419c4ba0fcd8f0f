"""What the log and the figures say of each answer: its name, who asked from where, and each refusal.

The name is the same on the way to the worker and to Keycloak, and in what either writes of it. The
browser gets it as `X-Request-ID`, which a proxy of ours may have chosen; an application gets back its own.
"""

import re
import time
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, g, request
from prometheus_client import Counter, Histogram
from werkzeug.wrappers import Response

from portal.logs import trace_begins, trace_ends
from portal.web.access import somebody

HEADER = "X-Request-ID"
REFUSALS = frozenset({400, 401, 403, 413, 429})
SECONDS = Histogram("cqrs_page_seconds", "How long a page took", ["page", "status"])
REFUSED = Counter("cqrs_refused_total", "Answers that refused what was asked", ["page", "why"])
_NAME = re.compile(r"[A-Za-z0-9-]{8,64}")
_LINK = re.compile(r"(/invitation/[^/]+)/.+", re.DOTALL)
"""Whoever has the rest of such an address accepts the invitation."""
log = structlog.get_logger()


def install(app: Flask, *, behind_proxy: bool) -> None:
    """Has every request of `app` named, measured, and told of when it is refused; comes before all else."""

    def begin() -> None:
        given = request.headers.get(HEADER, "") if behind_proxy else ""
        g.trace, g.began = given if _NAME.fullmatch(given) else uuid4().hex, time.perf_counter()
        trace_begins(g.trace, request.remote_addr or "")

    app.before_request(begin)
    app.after_request(_end)
    app.teardown_request(lambda _fault: trace_ends())


def because(fault: Exception) -> None:
    """Notes why this answer refuses what was asked."""
    refusal = getattr(getattr(fault, "verdict", None), "refusal", None)
    g.refused_because = getattr(refusal, "name", None) or type(fault).__name__


def path() -> str:
    """The path that was asked for, without the secret that a mailed link has in it."""
    return _LINK.sub(r"\1/…", request.path)


def who() -> dict[str, Any]:
    """The person who asked, in the role that they act in; nothing of somebody unknown."""
    person = somebody()
    if person is None:
        return {}
    active = person.active
    held = {"role": active.role.value, "organisation": active.organisation} if active else {}
    return {"person": person.id, **held}


def _end(response: Response) -> Response:
    page, status = request.endpoint or "none", response.status_code
    SECONDS.labels(page, str(status)).observe(time.perf_counter() - g.began)
    if status in REFUSALS:
        why = g.get("refused_because", "Refused")
        REFUSED.labels(page, why).inc()
        log.warning("refused", status=status, why=why, method=request.method, path=path(), **who())
    response.headers.setdefault(HEADER, g.trace)
    return response
