"""Whose certificates python-keycloak's connections go by.

Each of them has an asynchronous client beside the one that is used here. Left to itself, that client reads
the certificates of all the world's authorities: some 20 ms of the processor, twice for each session.
"""

import ssl
from typing import cast

from keycloak import ConnectionManager

NOBODY = cast(bool, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
"""Given as `verify`, it leaves the asynchronous client trusting nobody; python-keycloak hands it on."""


def trust_authorities(connection: ConnectionManager) -> None:
    """Has the client that is used trust whom this machine does; made with NOBODY, it could send nothing."""
    connection.verify = True
