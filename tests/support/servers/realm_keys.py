"""The keys that tests' realms sign with: Keycloak spends more on making these than on the rest of a realm."""

from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

KEY_PROVIDERS = "org.keycloak.keys.KeyProvider"


@cache
def key_providers() -> list[dict[str, Any]]:
    """As a new realm's own: two RSA keys of 2,048 bits, made once a process, and two that Keycloak makes."""
    return [
        _component("rsa", privateKey=_rsa_key(), keyUse="SIG", algorithm="RS256"),
        _component("rsa-enc", privateKey=_rsa_key(), keyUse="ENC", algorithm="RSA-OAEP"),
        _component("hmac-generated", algorithm="HS512"),
        _component("aes-generated"),
    ]


def _component(provider: str, **config: str) -> dict[str, Any]:
    named = {name: [value] for name, value in config.items()}
    return {"name": provider, "providerId": provider, "config": named | {"priority": ["100"]}}


def _rsa_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
