"""A TCP proxy in front of Keycloak that spoils chosen calls: the reply cut, never sent, or not Keycloak's.

Or that holds one back while something else happens.
"""

import socket
import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from urllib.parse import urlparse

CHUNK = 65536


@dataclass
class Spoiling:
    """Which request line to wait for, how many of the kind to let through first, and what to do then.

    `answer` is sent in place of Keycloak's; with none, the connection is cut. `reaches` says whether Keycloak
    gets the request at all. With `hangs`, nothing comes back until the proxy stops. `meanwhile` is done
    first; with `goes_on`, the request is then passed on as if nothing had been.
    """

    request: str
    after: int = 0
    reaches: bool = True
    answer: bytes = b""
    hangs: bool = False
    meanwhile: Callable[[], object] | None = None
    goes_on: bool = False
    happened: Event = field(default_factory=Event)


class CuttingProxy(socketserver.ThreadingTCPServer):
    """Passes everything on, but for the one request it was told to spoil."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        upstream = urlparse(url)
        self.upstream = (upstream.hostname or "localhost", upstream.port or 80)
        self.stopping = Event()
        self._spoiling: Spoiling | None = None
        self._lock = Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def spoil(self, spoiling: Spoiling) -> Spoiling:
        self._spoiling = spoiling
        return spoiling

    def judge(self, data: bytes) -> Spoiling | None:
        """The spoiling that this request is to meet, once."""
        with self._lock:
            wanted = self._spoiling
            line = data.split(b"\r\n", 1)[0].decode("latin-1")
            verb, _, words = (wanted.request if wanted else "").partition(" ")
            if wanted is None or not line.startswith(f"{verb} ") or words not in line:
                return None
            if wanted.after:
                wanted.after -= 1
                return None
            self._spoiling = None
            wanted.happened.set()
            return wanted


class _Passing(socketserver.BaseRequestHandler):
    server: CuttingProxy

    def handle(self) -> None:
        client: socket.socket = self.request
        with socket.create_connection(self.server.upstream) as upstream, suppress(OSError):
            back = Thread(target=_pump, args=(upstream, client), daemon=True)
            spoiled = self._forward_until_spoiled(client, upstream, back)
            if spoiled is None:
                return
            if spoiled.hangs:
                self.server.stopping.wait(60)
            client.sendall(spoiled.answer)
        _close(client)

    def _forward_until_spoiled(
        self, client: socket.socket, upstream: socket.socket, back: Thread
    ) -> Spoiling | None:
        started = False
        while data := client.recv(CHUNK):
            spoiled = self.server.judge(data)
            if spoiled and spoiled.meanwhile:
                spoiled.meanwhile()
            if spoiled and not spoiled.goes_on:
                self._carry_out(spoiled, client, data)
                return spoiled
            upstream.sendall(data)
            if not started:
                back.start()
                started = True
        return None

    def _carry_out(self, spoiled: Spoiling, client: socket.socket, data: bytes) -> None:
        """Lets Keycloak do the whole request on a connection apart, and keeps the reply from the client."""
        data = _rest_of_body(client, data)
        if not spoiled.reaches:
            return
        with socket.create_connection(self.server.upstream) as apart:
            apart.sendall(data)
            apart.recv(CHUNK)


def _rest_of_body(client: socket.socket, data: bytes) -> bytes:
    while b"\r\n\r\n" not in data:
        data += client.recv(CHUNK)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].split(b":")[1]) - len(body) if lengths else 0
    while missing > 0:
        more = client.recv(CHUNK)
        data, missing = data + more, missing - len(more)
    return data


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    _close(sink)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def cutting_proxy(url: str) -> Iterator[CuttingProxy]:
    with CuttingProxy(url) as proxy:
        Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.stopping.set()
            proxy.shutdown()
