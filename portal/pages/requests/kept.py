"""A decision on its way to a fresh second factor: kept in the session, so that nothing is lost meanwhile."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import session

ONE, MANY = "kept_decision", "kept_approvals"


def keep(request_id: UUID, decision: str, reason: str) -> None:
    """The answer to one request, not yet confirmed."""
    session[ONE] = {"request": str(request_id), "decision": decision, "reason": reason}


def kept(request_id: UUID) -> Mapping[str, str] | None:
    """The answer that was kept for this request."""
    found: Mapping[str, str] = session.get(ONE) or {}
    return found if found.get("request") == str(request_id) else None


def keep_many(request_ids: Iterable[UUID]) -> None:
    """The requests that were ticked to be approved together."""
    session[MANY] = [str(one) for one in request_ids]


def kept_many() -> list[UUID]:
    """Those that were kept."""
    return [UUID(one) for one in session.get(MANY, [])]


def forget() -> None:
    """Once it is decided."""
    session.pop(ONE, None)
    session.pop(MANY, None)
