"""A certificate of this machine's own, as a server shows that no authority of the world knows."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

KEY_TOO, ALONE = "with-its-key.pem", "certificate.pem"


def make_certificate(folder: Path) -> Path:
    """A file with a key and a certificate of it for this machine; the certificate alone is beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key)
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / KEY_TOO
    file.write_bytes(key.private_bytes(pem, form, plain) + certificate.public_bytes(pem))
    (folder / ALONE).write_bytes(certificate.public_bytes(pem))
    return file


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.datetime.now(datetime.UTC)
    return (
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
