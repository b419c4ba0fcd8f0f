"""A TCP proxy that spoils chosen calls: the reply cut, never sent, or not the server's own.

Or that holds one back while something else happens. It stands in front of Keycloak, whose requests it reads,
or of a mail server, of which it only takes or cuts whole connections.
"""

import socket
import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from urllib.parse import urlparse

CHUNK = 65536
LONGEST = 60.0
"""Seconds that a test waits for a fault to befall something."""
WRITES = "POST|PUT|DELETE"
BROKEN = (
    b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
)


@dataclass
class Spoiling:
    """Which request line to wait for, how many of the kind to let through first, and what to do then.

    `request` is a verb, or several with `|` between, and words of the address; when empty, any will do.
    `answer` is sent in place of the server's; with none, the connection is cut. `reaches` says whether the
    server gets the request at all. With `hangs`, nothing comes back until the proxy stops. `meanwhile` is
    done first; with `goes_on`, the request is then passed on as if nothing had been. One request is spoiled,
    or all of the kind when it `stays`.
    """

    request: str = ""
    after: int = 0
    reaches: bool = True
    answer: bytes = b""
    hangs: bool = False
    meanwhile: Callable[[], object] | None = None
    goes_on: bool = False
    stays: bool = False
    happened: Event = field(default_factory=Event)

    def fits(self, line: str) -> bool:
        if not self.request:
            return True
        verbs, _, words = self.request.partition(" ")
        return line.split(" ", maxsplit=1)[0] in verbs.split("|") and words in line


class FaultProxy(socketserver.ThreadingTCPServer):
    """Passes everything on to `host` and `port`, but for what it was told to spoil; `heard` is what came."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, *, bind: str, http: bool) -> None:
        super().__init__((bind, 0), _Requests if http else _Connections)
        self.upstream = (host, port)
        self.stopping = Event()
        self.heard: list[bytes] = []
        self._spoiling: Spoiling | None = None
        self._lock = Lock()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def spoil(self, spoiling: Spoiling) -> Spoiling:
        """Has this befall what comes from now on."""
        self._spoiling = spoiling
        return spoiling

    @contextmanager
    def spoiled(self, spoiling: Spoiling) -> Iterator[None]:
        """Until the context ends, and at least until something met the fault."""
        self.spoil(spoiling)
        try:
            yield
            assert spoiling.happened.wait(LONGEST), f"nothing met {spoiling}"
        finally:
            self._spoiling = None

    def judge(self, data: bytes) -> Spoiling | None:
        """The spoiling that this request is to meet."""
        with self._lock:
            self.heard.append(data)
            wanted = self._spoiling
            if wanted is None or not wanted.fits(data.split(b"\r\n", 1)[0].decode("latin-1")):
                return None
            if wanted.after:
                wanted.after -= 1
                return None
            if not wanted.stays:
                self._spoiling = None
            wanted.happened.set()
            return wanted


class _Connections(socketserver.BaseRequestHandler):
    """A connection is passed on whole, or cut as it begins."""

    server: FaultProxy

    def handle(self) -> None:
        client: socket.socket = self.request
        if self.server.judge(b""):
            return
        with socket.create_connection(self.server.upstream) as upstream:
            Thread(target=_pump, args=(client, upstream), daemon=True).start()
            _pump(upstream, client)


class _Requests(socketserver.BaseRequestHandler):
    """Each HTTP request of a connection is judged by itself."""

    server: FaultProxy

    def handle(self) -> None:
        client: socket.socket = self.request
        with socket.create_connection(self.server.upstream) as upstream, suppress(OSError):
            back = Thread(target=_pump, args=(upstream, client), daemon=True)
            spoiled = self._forward_until_spoiled(client, upstream, back)
            if spoiled is None:
                return
            if spoiled.hangs:
                self.server.stopping.wait(LONGEST)
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
        """Lets the server do the whole request on a connection apart, and keeps the reply from the client."""
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
def fault_proxy(url: str, *, bind: str = "127.0.0.1") -> Iterator[FaultProxy]:
    """A proxy to what listens at this address, `http:` or `smtp:`; gone at the end."""
    to = urlparse(url)
    with FaultProxy(to.hostname or "", to.port or 80, bind=bind, http=to.scheme == "http") as proxy:
        Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.stopping.set()
            proxy.shutdown()
