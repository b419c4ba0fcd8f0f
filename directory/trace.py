"""Keycloak is told which request of a browser a call is for: its access log can be read beside ours."""

from structlog.contextvars import get_contextvars

HEADER = "X-Request-ID"


def traced() -> dict[str, str]:
    """The header of a call, where it is made for a request that has a name."""
    trace = get_contextvars().get("trace")
    return {HEADER: str(trace)} if trace else {}
