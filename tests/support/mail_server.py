"""A mail server that says what a test tells it to, over a real connection."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HANGS = ""
"""An answer that never comes."""


class MailServer(socketserver.ThreadingTCPServer):
    """Answers each step (greeting, ehlo, helo, mail, rcpt, data, content, quit) as told, else as all is well.

    `taken` are the messages it has said yes to, as they came over the line.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, **answers: str) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answers = GOOD | answers
        self.taken: list[bytes] = []
        self.closed = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


GOOD = {
    "greeting": "220 ready",
    "ehlo": "250 hello",
    "helo": "250 hello",
    "mail": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "content": "250 taken",
    "rset": "250 ok",
    "quit": "221 bye",
}


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if not self._say("greeting").startswith("2"):
            return
        while line := self.rfile.readline():
            step = line.split()[0].decode().lower()
            said = self._say(step)
            if said.startswith("354"):
                self._read_message()
            if step == "quit":
                return

    def _read_message(self) -> None:
        read = b"".join(iter(self.rfile.readline, b".\r\n"))
        if self.server.answers["content"].startswith("2"):
            self.server.taken.append(read)
        self._say("content")

    def _say(self, step: str) -> str:
        answer = self.server.answers[step]
        if answer == HANGS:
            self.server.closed.wait()
        self.wfile.write(f"{answer}\r\n".encode())
        return answer


@contextmanager
def mail_server(**answers: str) -> Iterator[MailServer]:
    """A server that runs until the end of the block."""
    with MailServer(**answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closed.set()
            server.shutdown()
            thread.join()
