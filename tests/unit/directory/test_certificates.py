"""A Keycloak whose certificate nobody vouches for is told nothing: no secret, no token."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any

import pytest

from directory.admin_session import AdminSession
from directory.connection import AdminConnection, Connection
from directory.errors import DirectoryUnavailable
from tests.support.certificate import ALONE, make_certificate

Account = Connection | AdminConnection
AS_THE_PORTAL = Connection("", "realm", "client", "secret")
AS_THE_ADMINISTRATOR = AdminConnection("", "admin", "password")


class Showing(HTTPServer):
    """Answers as Keycloak does, and shows the next of these certificates at each connection."""

    def __init__(self, *certificates: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked: list[str] = []
        self._shows = iter(certificates)

    def get_request(self) -> tuple[socket, Any]:
        plain, address = super().get_request()
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(next(self._shows))
        return shown.wrap_socket(plain, server_side=True), address


class _Answering(BaseHTTPRequestHandler):
    """One answer to a connection."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Showing)
        self.server.asked.append(f"{self.command} {self.path}")
        said = b'{"access_token": "token", "expires_in": 60}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """The tests' output is theirs."""


Serve = Callable[..., Showing]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Showing] = []

    def started(*certificates: Path) -> Showing:
        server = Showing(*certificates)
        Thread(target=server.serve_forever, args=(0.01,)).start()
        running.append(server)
        return server

    yield started
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / ALONE))
    return make_certificate(tmp_path)


@pytest.fixture
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("unknown"))


def session(server: Showing, account: Account) -> AdminSession:
    return AdminSession(replace(account, url=f"https://127.0.0.1:{server.server_port}"), "realm")


@pytest.mark.parametrize("account", [AS_THE_PORTAL, AS_THE_ADMINISTRATOR], ids=["portal", "administrator"])
class TestCertificates:
    def test_a_trusted_one(self, serve: Serve, trusted: Path, account: Account) -> None:
        """So that the refusals below are for the certificate alone."""
        server = serve(trusted, trusted)
        session(server, account).get("users")
        assert [one.split()[0] for one in server.asked] == ["POST", "GET"]

    @pytest.mark.usefixtures("trusted")
    def test_an_unknown_one_gets_no_secret(self, serve: Serve, unknown: Path, account: Account) -> None:
        server = serve(unknown)
        with pytest.raises(DirectoryUnavailable):
            session(server, account).get("users")
        assert server.asked == []

    def test_an_unknown_one_gets_no_token(
        self, serve: Serve, trusted: Path, unknown: Path, account: Account
    ) -> None:
        """Somebody stands between from the second call on."""
        server = serve(trusted, unknown)
        with pytest.raises(DirectoryUnavailable):
            session(server, account).get("users")
        assert [one.split()[0] for one in server.asked] == ["POST"]

    def test_one_of_this_machines_own_is_unknown(self, serve: Serve, unknown: Path, account: Account) -> None:
        """Without a word of the environment, the world's authorities are trusted and nobody else."""
        server = serve(unknown)
        with pytest.raises(DirectoryUnavailable):
            session(server, account).get("users")
        assert server.asked == []
