"""What one client of the portal may take, by a clock that the test moves."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import Any

import pytest
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from portal.web.whole_requests import KEPT_OPEN, RECEIVED_WITHIN, TAKEN_WITHIN, Connection, Server, bounds

BEGINNING = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\na"


class Told(Connection):
    """Keeps what it was told to send, piece by piece."""

    def __init__(self, *others: Any, **named: Any) -> None:
        self.sent: list[bytes] = []
        super().__init__(*others, **named)

    def send(self, data: bytes, do_close: bool = True) -> int:
        self.sent.append(bytes(data))
        return int(super().send(data, do_close))


class ServerOfThree(Server):
    """With room for three."""

    channel_class = Told
    connections = 3


@pytest.fixture
def server() -> Iterator[Server]:
    """Listens, and does what came only when the test says so. It answers nothing: it has no threads."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = (listening.family, listening.type, listening.proto, listening.getsockname())
        told: dict[str, Any] = {"sockinfo": place, "bind_socket": False, "adj": bounds()}
        server = ServerOfThree(None, {}, _sock=listening, dispatcher=ThreadedTaskDispatcher(), **told)
        yield server
        wasyncore.close_all(server._map)


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _connect(server: Server, clients: ExitStack, said: bytes = b"") -> tuple[socket.socket, Connection]:
    """A client that said this, and the server's end of it."""
    before = set(server.active_channels.values())
    client = clients.enter_context(socket.create_connection(server.socket.getsockname()))
    client.sendall(said)
    while not (new := set(server.active_channels.values()) - before):
        wasyncore.poll2(1, server._map)
    connection = new.pop()
    while said and not (connection.request or connection.requests):
        wasyncore.poll2(1, server._map)
    return client, connection


def test_a_request_comes_in_whole_or_not_at_all(server: Server, clients: ExitStack) -> None:
    """However steadily its bytes come: the time counts from the first."""
    client, connection = _connect(server, clients, BEGINNING)
    began = connection.began
    client.sendall(b"a")
    wasyncore.poll2(1, server._map)
    assert connection.began == began
    assert not connection.took_too_long(began + RECEIVED_WITHIN)
    assert connection.took_too_long(began + RECEIVED_WITHIN + 1)
    server.maintenance(began + RECEIVED_WITHIN + 1)
    wasyncore.poll2(1, server._map)
    assert client.recv(1) == b""


def test_a_silent_connection_is_closed(server: Server, clients: ExitStack) -> None:
    _, connection = _connect(server, clients)
    assert not connection.took_too_long(connection.began + KEPT_OPEN - 1)
    assert connection.took_too_long(connection.began + KEPT_OPEN + 1)


def test_work_takes_as_long_as_it_takes(server: Server, clients: ExitStack) -> None:
    """What was asked for is answered; only a client that takes nothing of its answer is let go."""
    _, connection = _connect(server, clients, BEGINNING + b"a" * 99)
    assert connection.requests
    assert not connection.took_too_long(connection.began + 10 * RECEIVED_WITHIN)
    connection.total_outbufs_len = 1
    assert connection.took_too_long(connection.last_activity + TAKEN_WITHIN + 1)


def test_the_one_unfinished_for_longest_makes_room(server: Server, clients: ExitStack) -> None:
    """Who is being answered stays, and so does who came last."""
    served, _ = _connect(server, clients, BEGINNING + b"a" * 99)
    oldest, _ = _connect(server, clients, BEGINNING)
    younger, _ = _connect(server, clients, BEGINNING)
    _connect(server, clients, BEGINNING)
    assert oldest.recv(1) == b""
    for other in (served, younger):
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.recv(1)
    assert len(server.active_channels) == 3


WHOLE, NOTHING, STREAMED = b"all of it", b"", (b"first ", b"second")


def whole(_environ: Any, start: Any) -> list[bytes]:
    start("200 OK", [("Content-Length", str(len(WHOLE)))])
    return [WHOLE]


def nothing(_environ: Any, start: Any) -> list[bytes]:
    start("303 See Other", [("Location", "/"), ("Content-Length", "0")])
    return [NOTHING]


def streamed(_environ: Any, start: Any) -> Iterator[bytes]:
    start("200 OK", [])
    yield from STREAMED


def file(environ: Any, start: Any) -> Any:
    start("200 OK", [("Content-Length", str(len(WHOLE)))])
    return environ["wsgi.file_wrapper"](BytesIO(WHOLE))


@pytest.mark.parametrize(
    ("application", "pieces", "body", "stays"),
    [
        (whole, 1, WHOLE, True),
        (nothing, 1, NOTHING, True),
        (file, 2, WHOLE, True),
        (streamed, 3, b"6\r\nfirst \r\n6\r\nsecond\r\n0\r\n\r\n", False),
    ],
)
def test_an_answers_head_goes_with_its_body(
    server: Server, clients: ExitStack, application: Any, pieces: int, body: bytes, stays: bool
) -> None:
    """In as few pieces as there are of the body, and the same to the last byte on a kept-open connection."""
    server.application, asked = application, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    client, connection = _connect(server, clients, asked)
    client.settimeout(30)
    for _ in range(1 + stays):
        connection.service()
        found = b""
        while not found.endswith(b"\r\n\r\n" + body):
            found += client.recv(65536)
        assert (found.count(b"HTTP/1.1 "), len(connection.sent)) == (1, pieces)
        connection.sent.clear()
        client.sendall(asked)
        while stays and not connection.requests:
            wasyncore.poll2(1, server._map)
