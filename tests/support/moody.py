"""A TCP proxy whose mood changes: it passes on, is gone, is slow, answers 500, or loses replies.

With HTTP each request gets a connection of its own, so that every request meets the mood of its moment.
"""

import re
import socket
import socketserver
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from threading import Thread

BROKEN = (
    b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
)
CHUNK = 65536
KEPT_OPEN = re.compile(rb"(?i)\r\nconnection: keep-alive\r\n")


class Mood(StrEnum):
    """What happens to a connection that begins now.

    LOSING lets the server do a write and then cuts the connection; other requests pass.
    """

    WELL = "well"
    GONE = "gone"
    SLOW = "slow"
    BROKEN = "broken"
    LOSING = "losing"


class Moody(socketserver.ThreadingTCPServer):
    """A proxy to `host` and `port`; `http` says whether requests are read at all.

    `words` are in the request lines of the writes whose replies get lost. `spoiled` counts the
    requests, or connections, that met anything but Mood.WELL.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, *, http: bool, bind: str) -> None:
        super().__init__((bind, 0), _Passing)
        self.upstream, self.http, self.delay = (host, port), http, 30.0
        self.mood, self.spoiled, self.words = Mood.WELL, 0, b"/admin/"

    def loses(self, request: bytes) -> bool:
        line = request.split(b"\r\n", 1)[0]
        return line.startswith((b"POST ", b"PUT ", b"DELETE ")) and self.words in line

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Passing(socketserver.BaseRequestHandler):
    server: Moody

    def handle(self) -> None:
        client: socket.socket = self.request
        mood = self.server.mood
        with suppress(OSError):
            if not self.server.http or mood is Mood.GONE:
                self.server.spoiled += mood is Mood.GONE
                if mood is Mood.WELL:
                    self._pass(client, b"", losing=False)
                return
            self._answer(client, mood, client.recv(CHUNK))

    def _answer(self, client: socket.socket, mood: Mood, request: bytes) -> None:
        losing = mood is Mood.LOSING and self.server.loses(request)
        self.server.spoiled += losing or mood in {Mood.BROKEN, Mood.SLOW}
        if mood is Mood.BROKEN:
            client.sendall(BROKEN)
            return
        if mood is Mood.SLOW:
            time.sleep(self.server.delay)
        self._pass(client, _one_only(request), losing=losing)

    def _pass(self, client: socket.socket, request: bytes, *, losing: bool) -> None:
        with socket.create_connection(self.server.upstream) as upstream:
            upstream.sendall(request)
            Thread(target=_pump, args=(client, upstream), daemon=True).start()
            if losing:
                upstream.recv(CHUNK)
                return
            _pump(upstream, client)


def _one_only(request: bytes) -> bytes:
    """The request with the wish that the server close after it, so that the next meets its own mood."""
    return KEPT_OPEN.sub(b"\r\nConnection: close\r\n", request)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def moody(host: str, port: int, *, http: bool, bind: str = "127.0.0.1") -> Iterator[Moody]:
    """A proxy to what listens there, gone at the end."""
    with Moody(host, port, http=http, bind=bind) as proxy:
        Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
