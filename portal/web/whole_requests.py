"""How requests come in and answers go out: whole, so that a slow client keeps nobody else waiting.

gunicorn keeps the processes; in each of them waitress reads and writes for all clients from one thread, and
hands a request to one of the others when all of it is there. What a client may take is bounded in size and in
time; when a process has as many connections as it keeps, the one unfinished for longest makes room.
"""

import os
import socket
import time
from types import FrameType
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask

KEPT_OPEN = 10.0  # seconds for which a connection may ask nothing
RECEIVED_WITHIN = 20.0  # seconds from a request's first byte to its last
TAKEN_WITHIN = 60.0  # seconds for which a client may take nothing of its answer
CONNECTIONS = 400  # of one process; each may need two files, and 1024 is what a process usually may open
LARGEST_BODY = 1024 * 1024  # the application's own limit is lower, and answers with a page
LARGEST_HEADERS = 32 * 1024
_HELD_IN_MEMORY = 64 * 1024
_LOOKS_EVERY = 1.0


class Answer(WSGITask):
    """Its head goes out with the first of its body: by itself it would cost us, and the client, a turn."""

    def build_response_header(self) -> bytes:
        self.channel.head = super().build_response_header()
        return b""

    def finish(self) -> None:
        super().finish()
        self.channel.send_head()


class Connection(HTTPChannel):
    """One client. `began` is when the request that it is sending, or sent last, began to come in.

    `head` is that of an answer of which nothing is sent yet.
    """

    task_class = Answer
    began: float
    head = b""

    def __init__(self, server: Any, sock: socket.socket, *others: Any, **named: Any) -> None:
        self.began = time.time()
        super().__init__(server, sock, *others, **named)

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))

    def write_soon(self, data: Any) -> int:
        if not data:
            return 0
        if not isinstance(data, bytes):  # a file
            self.send_head()
        head, self.head = self.head, b""
        return int(super().write_soon(head + data if head else data))

    def send_head(self) -> None:
        """By itself, of an answer that has nothing more."""
        head, self.head = self.head, b""
        super().write_soon(head)

    @property
    def is_served(self) -> bool:
        """Whether something is being worked out for it, or on its way to it."""
        return bool(self.requests or self.total_outbufs_len)

    def took_too_long(self, now: float) -> bool:
        """Whether it has had the time that it may take for what it does."""
        if self.total_outbufs_len:
            return bool(now - self.last_activity > TAKEN_WITHIN)
        if self.requests:
            return False
        if self.request is not None:
            return now - self.began > RECEIVED_WITHIN
        return bool(now - self.last_activity > KEPT_OPEN)


class Server(TcpWSGIServer):
    """One listening socket of one process."""

    channel_class = Connection
    connections = CONNECTIONS

    def maintenance(self, now: float) -> None:
        for connection in self._connections():
            if connection.took_too_long(now):
                connection.will_close = True

    @property
    def is_serving(self) -> bool:
        return any(each.is_served for each in self._connections())

    def handle_accept(self) -> None:
        if len(self.active_channels) >= self.connections:
            self._make_room()
        super().handle_accept()

    def _make_room(self) -> None:
        waiting = [each for each in self._connections() if not each.is_served]
        if waiting:
            min(waiting, key=lambda each: each.began).handle_close()

    def _connections(self) -> list[Connection]:
        return list(self.active_channels.values())


class WholeRequests(Worker):
    """A process of gunicorn's, for its setting `worker_class`."""

    def run(self) -> None:
        """Serves until gunicorn says that it is enough, or is gone."""
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(self.cfg.threads)
        self._open: dict[int, Any] = {}
        self._servers = [self._listen(each.sock, threads) for each in self.sockets]
        while self.alive and os.getppid() == self.ppid:
            self._turn()
        self._answer_what_was_asked()
        threads.shutdown(timeout=1)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ends the wait for the next event too."""
        super().handle_exit(sig, frame)
        for server in self._servers:
            server.pull_trigger()

    def _listen(self, sock: socket.socket, threads: ThreadedTaskDispatcher) -> Server:
        place = (sock.family, sock.type, sock.proto, sock.getsockname())
        told = {"sockinfo": place, "bind_socket": False, "adj": bounds()}
        return Server(self.wsgi, self._open, _sock=sock, dispatcher=threads, **told)

    def _turn(self) -> None:
        self.notify()
        wasyncore.poll2(_LOOKS_EVERY, self._open)

    def _answer_what_was_asked(self) -> None:
        """For as long as gunicorn gives; who comes now is another process's."""
        until = time.monotonic() + float(self.cfg.graceful_timeout)
        for server in self._servers:
            wasyncore.dispatcher.close(server)
        while time.monotonic() < until and any(each.is_serving for each in self._servers):
            self._turn()


def bounds() -> Adjustments:
    """What waitress is told: sizes in bytes, and that nothing of itself is."""
    return Adjustments(
        backlog=1024,
        cleanup_interval=_LOOKS_EVERY,
        connection_limit=2 * CONNECTIONS,  # never met: `Server` makes room before
        max_request_body_size=LARGEST_BODY,
        max_request_header_size=LARGEST_HEADERS,
        inbuf_overflow=_HELD_IN_MEMORY,
        ident=None,
        log_socket_errors=False,
        clear_untrusted_proxy_headers=False,  # the application knows how many proxies it may believe
    )
