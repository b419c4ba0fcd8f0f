"""PostgreSQL's advisory locks, each with one meaning, held until the transaction ends."""

from enum import IntEnum

from sqlalchemy import text
from sqlalchemy.orm import Session


class Lock(IntEnum):
    """What is done by one transaction at a time. The values are seeds of the locks' numbers."""

    ATTEMPTS = 1
    """Counting one client's attempts at one thing."""
    REMOVALS = 2
    """Asking for a role to be removed at one organisation, or for what takes roles there."""
    MIRROR = 3
    """Writing what the mirror knows of one person or organisation."""
    AUDIT = 4
    """Lengthening the audit's chain."""
    ACCOUNTS = 5
    """Asking for a change of one person's account."""
    CLUSTERS = 11
    """Asking for a change of one commissioner's clusters."""
    FEED = 12
    """Lengthening the feed of who gained or lost what."""


_HELD = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, :lock))")


def hold(session: Session, lock: Lock, what: str = "") -> None:
    """Waits for the lock on this, and keeps it until the transaction ends."""
    session.execute(_HELD, {"what": what, "lock": lock.value})
