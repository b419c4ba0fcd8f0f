"""Passwords for the sample people that can be typed: from the stack's own secret, so always the same."""

import hashlib
import hmac

# fmt: off
_WORDS = (
    "Anchor", "Beacon", "Breaker", "Buoy", "Capstan", "Compass", "Coral", "Current", "Dolphin", "Ferry",
    "Gale", "Gannet", "Harbour", "Haven", "Jetty", "Keel", "Lantern", "Lighthouse", "Mast", "Mooring",
    "Otter", "Pebble", "Petrel", "Puffin", "Quay", "Rudder", "Sextant", "Shingle", "Spray", "Tide",
    "Warden", "Wave",
)
# fmt: on


def password_for(email: str, secret: str) -> str:
    """Three words and four digits, which the realm's password rules accept."""
    digest = hmac.digest(secret.encode(), f"sample password of {email}".encode(), hashlib.sha256)
    words = [_WORDS[byte % len(_WORDS)] for byte in digest[:3]]
    number = int.from_bytes(digest[3:7], "big") % 10_000
    return f"{'-'.join(words)}-{number:04}"
