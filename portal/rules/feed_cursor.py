"""A place in the feed of changes, as an application keeps it: opaque to it, and known when it comes back."""

import base64
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from directory.vocabulary import Role


class BadCursor(ValueError):
    """It is none that we gave."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """After the change `after` of the feed `feed`, as one read it of whom `seen` is the fingerprint.

    An application that may see more roles or organisations than then, or fewer, must begin again: what it
    holds is not what it would have been told. `within` is how far it has read what there was at the
    beginning, as person, role and organisation; None for somebody who has it all.
    """

    feed: UUID
    after: int
    seen: str
    within: tuple[str, str, str] | None = None

    def as_text(self) -> str:
        """For an address: letters, digits, hyphens and underscores."""
        facts = [self.feed.hex, self.after, self.seen, self.within]
        plain = json.dumps(facts, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(plain).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> "Cursor":
        """Raises BadCursor."""
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            feed, after, seen, within = json.loads(plain)
            return cls(UUID(hex=feed), int(after), str(seen), _three(within))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as wrong:
            raise BadCursor("this cursor is none of ours") from wrong


def fingerprint(roles: Collection[Role], codes: Collection[str] | None) -> str:
    """What tells one set of roles and organisations, or all of these, from another."""
    places = ["*"] if codes is None else sorted(codes)
    return hashlib.sha256(json.dumps([sorted(roles), places]).encode()).hexdigest()[:16]


def _three(within: Any) -> tuple[str, str, str] | None:
    if within is None:
        return None
    person, role, organisation = map(_plain, within)
    return person, role, organisation


def _plain(text: Any) -> str:
    """Ids, roles and codes are; PostgreSQL doesn't take everything that JSON does."""
    if not (isinstance(text, str) and text.isascii() and (text.isprintable() or not text)):
        raise ValueError("not plain")
    return text
