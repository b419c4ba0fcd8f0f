"""Answers of somebody who fills in a form of several pages, kept in their session under a name.

The name is part of every address, so two tabs are two drafts. A draft that was sent stays as such for a
while, so that the back button ends at the same page. That it is sent once, with two clicks at the same moment
too, the act itself sees to: a session is read and written as a whole, and the later of two writings counts.
"""

import hashlib
import secrets
from dataclasses import asdict, astuple, is_dataclass
from typing import Any, Generic, TypeVar

from flask import session

KEPT = 5
Draft = TypeVar("Draft")


class Drafts(Generic[Draft]):
    """The drafts of one kind, a dataclass of texts, under their `entry` in the session."""

    def __init__(self, entry: str, kind: type[Draft]) -> None:
        assert is_dataclass(kind)  # noqa: S101 - a mistake of ours
        self._entry, self._kind = entry, kind

    def begin(self, draft: Draft) -> str:
        """Keeps a new draft, the oldest making room, and gives its name."""
        kept: dict[str, Any] = dict(session.get(self._entry, {}))
        while len(kept) >= KEPT:
            del kept[next(iter(kept))]
        name = secrets.token_urlsafe(9)
        session[self._entry] = {**kept, name: asdict(draft)}  # type: ignore[call-overload]
        return name

    def find(self, name: str) -> Draft | None:
        """The draft of that name in this session, if it is still there."""
        kept = session.get(self._entry, {}).get(name)
        return self._kind(**kept) if kept else None

    def keep(self, name: str, draft: Draft) -> None:
        """Replaces the draft's answers."""
        facts = asdict(draft)  # type: ignore[call-overload]
        session[self._entry] = {**session.get(self._entry, {}), name: facts}


def fingerprint(draft: Any) -> str:
    """The same for the same answers: what was shown is sent, or shown again."""
    return hashlib.sha256(repr(astuple(draft)).encode()).hexdigest()
