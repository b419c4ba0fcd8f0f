"""How long the bulk calls wait before they ask again: as long as they are asked to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from directory.bulk_session import BulkSession
from directory.connection import Connection
from directory.errors import DirectoryAway

TOKEN = b'{"access_token": "t", "expires_in": 300}'


class Busy(ThreadingHTTPServer):
    """A server that is too busy for the first calls, and says in each of these words when to come back."""

    daemon_threads = True

    def __init__(self, *says: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.says = list(says)

    @property
    def connection(self) -> Connection:
        return Connection(f"http://127.0.0.1:{self.server_address[1]}", "r", "c", "s")


class _Handler(BaseHTTPRequestHandler):
    server: Busy

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(200, TOKEN)

    def do_GET(self) -> None:
        if self.server.says:
            self._answer(503, b"", self.server.says.pop(0))
        else:
            self._answer(200, b"[]")

    def _answer(self, status: int, body: bytes, retry_after: str = "") -> None:
        self.send_response(status)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def busy(*says: str) -> Iterator[Busy]:
    with Busy(*says) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def waits(server: Busy) -> list[float]:
    """How long the session waits before each next try."""
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    async with BulkSession(server.connection, "r", wait=wait) as session:
        assert await session.get_or_none("groups", task="asking") == []
    return waited


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        (("7", "2"), [7.0, 2.0]),
        (("86400",), [60.0]),
        (("", ""), [0.5, 1.0]),
        (("Wed, 21 Oct 2026 07:28:00 GMT",), [0.5]),
    ],
    ids=["in seconds", "a day", "not said", "a date"],
)
def test_as_long_as_asked_and_a_minute_at_most(says: tuple[str, ...], expected: list[float]) -> None:
    with busy(*says) as server:
        assert asyncio.run(waits(server)) == expected


def test_three_tries_and_no_more() -> None:
    with busy("1", "1", "1") as server, pytest.raises(DirectoryAway):
        asyncio.run(waits(server))
