"""Answers of somebody who is registering, kept in their session under a name that is part of every address.

Two tabs are two drafts. A draft that was sent stays as such for a while, so that the back button ends at the
same thank-you. That it is sent once, with two clicks at the same moment too, the registration itself sees to:
a session is read and written as a whole, and the later of two writings counts.
"""

import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import session

ENTRY = "registering"
KEPT = 5


@dataclass(frozen=True)
class Draft:
    """The answers so far; empty where not yet given. `organisation` is an ODS code, `role` a role's value."""

    email: str = ""
    organisation: str = ""
    role: str = ""
    first_name: str = ""
    last_name: str = ""
    sent: bool = False

    @property
    def step(self) -> str:
        """The first step that still needs an answer."""
        if not self.email:
            return "email"
        if not self.organisation:
            return "organisation"
        return "check" if self.role and self.first_name and self.last_name else "role"

    def with_organisation(self, code: str) -> "Draft":
        """Another organisation may offer other roles: the role is asked again."""
        return self if code == self.organisation else replace(self, organisation=code, role="")


def begin(draft: Draft) -> str:
    """Keeps a new draft, the oldest making room, and gives its name."""
    kept: dict[str, Any] = dict(session.get(ENTRY, {}))
    while len(kept) >= KEPT:
        del kept[next(iter(kept))]
    name = secrets.token_urlsafe(9)
    session[ENTRY] = {**kept, name: asdict(draft)}
    return name


def find(name: str) -> Draft | None:
    """The draft of that name in this session, if it is still there."""
    kept = session.get(ENTRY, {}).get(name)
    return Draft(**kept) if kept else None


def keep(name: str, draft: Draft) -> None:
    """Replaces the draft's answers."""
    session[ENTRY] = {**session.get(ENTRY, {}), name: asdict(draft)}


def mark_sent(name: str) -> None:
    """Forgets the answers and remembers only that they were sent."""
    keep(name, Draft(sent=True))
