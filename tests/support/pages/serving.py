"""The portal on a port of this machine, for what needs a real browser or a real Keycloak that calls back."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Untold(WSGIRequestHandler):
    """Logs no request: a mailed link's address is a secret, and the servers that we run with log none."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """The application at http://localhost:port until the context ends; with no port given, at a free one."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Untold)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
