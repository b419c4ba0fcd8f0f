"""A mail server that speaks in private, to somebody whom it knows; its certificate is its own."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.support.certificate import make_certificate
from tests.support.pages.serving import free_port

USER, PASSWORD = "cqrs", "a mail server's own"


class Kept:
    """What the server has taken."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.in_private: list[bool] = []

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope.content)
        self.in_private.append(server.transport.get_extra_info("cipher") is not None)
        return "250 taken"


@dataclass(frozen=True)
class PrivateMailServer:
    """Where it is, the certificate by which it is known, and what it has taken."""

    port: int
    certificate: Path
    kept: Kept


@contextmanager
def private_mail_server(
    folder: Path, *, starttls: bool, private: bool = True, certificate: Path | None = None
) -> Iterator[PrivateMailServer]:
    """With STARTTLS or TLS from the first byte; `private` off asks for the user alone.

    It shows this certificate, or one that it makes itself.
    """
    certificate = certificate or make_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    kept, port = Kept(), free_port()
    told: dict[str, Any] = {"auth_required": True, "authenticator": _knows, "auth_require_tls": False}
    if private and starttls:
        told |= {"tls_context": context, "require_starttls": True}
    elif private:
        told |= {"ssl_context": context}
    controller = Controller(kept, hostname="localhost", port=port, **told)
    controller.start()
    try:
        yield PrivateMailServer(port, certificate, kept)
    finally:
        controller.stop()


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
    known = isinstance(said, LoginPassword) and (said.login, said.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=known, handled=known)
