"""The facts that a message's words are made of."""

from typing import Any

from portal.model.requests import AccessRequest


def about(request: AccessRequest, **more: Any) -> dict[str, Any]:
    """What the words of a message about a request are made of."""
    return {
        "name": request.name,
        "email": request.email,
        "organisation": request.organisation_name,
        "code": request.organisation_code,
        "role": request.role.label,
        "reason": request.reason,
        "decision_reason": request.decision_reason,
        "request_id": str(request.id),
    } | more
