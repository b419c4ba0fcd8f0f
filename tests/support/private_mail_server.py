"""A mail server that speaks in private, to somebody whom it knows; its certificate is its own."""

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.pages.serving import free_port

USER, PASSWORD = "cqrs", "a mail server's own"


class Kept:
    """What the server has taken."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope.content)
        return "250 taken"


@dataclass(frozen=True)
class PrivateMailServer:
    """Where it is, the certificate by which it is known, and what it has taken."""

    port: int
    certificate: Path
    kept: Kept


@contextmanager
def private_mail_server(folder: Path, *, starttls: bool, private: bool = True) -> Iterator[PrivateMailServer]:
    """With STARTTLS or TLS from the first byte; `private` off asks for the user alone."""
    certificate = make_certificate(folder)
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


def make_certificate(folder: Path) -> Path:
    """A file with a key and a certificate of it for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail-server.pem"
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(pem, form, plain) + certificate.public_bytes(pem))
    return file
