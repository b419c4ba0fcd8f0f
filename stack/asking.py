"""Asks the stack's own servers whether they are well, past any proxy of the environment."""

import http.client
import socket
from urllib.parse import urlsplit

_PATIENCE = 3.0


def answers_ok(url: str) -> bool:
    """Whether a GET is answered with 200 now."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=_PATIENCE)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Whether something accepts connections on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(_PATIENCE)
        return probe.connect_ex(("127.0.0.1", port)) == 0
