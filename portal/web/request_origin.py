"""From where a request came, as the audit keeps it."""

from flask import request

from portal.acts.origin import Origin

AGENT_LIMIT = 300


def request_origin() -> Origin:
    """The network address and browser of the present request."""
    return Origin(address=request.remote_addr or "", agent=request.user_agent.string[:AGENT_LIMIT])
