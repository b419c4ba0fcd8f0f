"""Keycloak is told what a call is for: its access log can be read beside ours.

The name is that of a browser's request, which the portal and its worker have, or of a run of the sync.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars, get_contextvars

HEADER = "X-Request-ID"
FIELD = "trace"
"""The name's field in the lines of our log."""


def traced() -> dict[str, str]:
    """The header of a call, where it is made for something that has a name."""
    trace = get_contextvars().get(FIELD)
    return {HEADER: str(trace)} if trace else {}


@contextmanager
def named(trace: str) -> Iterator[None]:
    """What is done until the end is for this."""
    with bound_contextvars(**{FIELD: trace}):
        yield
