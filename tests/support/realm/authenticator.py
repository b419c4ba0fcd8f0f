"""Second factors: an authenticator app, whose codes (RFC 6238) work once each, and a passkey to look at."""

import base64
import hashlib
import hmac
import json
import secrets
import struct
import time
from dataclasses import dataclass, field
from typing import Any

PERIOD = 30
TYPING = 15
"""Seconds that Keycloak takes a code for at least, after it was read: a page may be slow."""
PASSKEY = {
    "type": "webauthn-passwordless",
    "userLabel": "Work laptop",
    "secretData": "{}",
    "credentialData": json.dumps(
        {
            "aaguid": "00000000-0000-0000-0000-000000000000",
            "credentialId": "bm93aGVyZQ",
            "counter": 0,
            "credentialPublicKey": "pQECAyYgASFYIA",
            "attestationStatementFormat": "none",
        }
    ),
}
"""One that is on no device: what an account has of a passkey."""


@dataclass
class Authenticator:
    """One person's app. `secret` is what it shares with Keycloak: 20 letters, as Keycloak keeps them."""

    secret: str = field(default_factory=lambda: secrets.token_hex(10))
    _used: int = 0

    @classmethod
    def typed(cls, shown: str) -> "Authenticator":
        """The app of somebody who typed the secret that a page shows, in base32."""
        text = shown.replace(" ", "")
        return cls(base64.b32decode(text + "=" * (-len(text) % 8)).decode())

    @property
    def credential(self) -> dict[str, Any]:
        """As an account is made with it."""
        policy = {"subType": "totp", "digits": 6, "period": PERIOD, "algorithm": "HmacSHA1"}
        return {
            "type": "otp",
            "secretData": json.dumps({"value": self.secret}),
            "credentialData": json.dumps(policy),
        }

    def code(self, good_for: int = TYPING) -> str:
        """A code that was not used before, for so many seconds at least.

        Keycloak takes those of the periods on both sides of now too.
        """
        oldest = int(time.time() + good_for) // PERIOD - 1
        self._used = max(self._used + 1, oldest)
        while self._used > int(time.time()) // PERIOD + 1:
            time.sleep(0.2)
        return self._at(self._used)

    def _at(self, period: int) -> str:
        digest = hmac.new(self.secret.encode(), struct.pack(">Q", period), hashlib.sha1).digest()
        start = digest[-1] & 0xF
        return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
