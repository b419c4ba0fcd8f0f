"""Puts events on record, each chained to the one before with a key, and lets go of the old ones.

The key stands in no database: who can write there, and hasn't the key, can't make a hash that holds.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.model.audit import AuditEntry, AuditEvent, AuditKind
from portal.store.engine import audit_key
from portal.store.locks import Lock, hold

BEGINNING = "0" * 64
_HASH = re.compile("[0-9a-f]{64}")
HASHED = tuple(column.key for column in AuditEntry.__table__.columns if column.key != "hash")


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a chain: kept outside the database, it shows whether the chain still has it."""

    seq: int
    hash: str

    @classmethod
    def read(cls, text: str) -> "Head":
        """The reverse of `str`. Raises ValueError."""
        seq, _, found = text.partition(":")
        if not seq.isdecimal() or not _HASH.fullmatch(found):
            raise ValueError(text[:100])
        return cls(int(seq), found)

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def append(session: Session, event: AuditEvent, at: datetime) -> AuditEntry:
    """Puts the event on record in this transaction. Do it late: until the commit nobody else can."""
    (entry,) = append_all(session, [event], at)
    return entry


def append_all(session: Session, events: Sequence[AuditEvent], at: datetime) -> list[AuditEntry]:
    """Puts them on record, each an entry of its own in this order; thousands take a second or two."""
    hold(session, Lock.AUDIT)
    last, key = head(session) or beginning(session), audit_key(session)
    entries: list[AuditEntry] = []
    for event in events:
        entries.append(_entry(event, at, last, key))
        last = Head(entries[-1].seq, entries[-1].hash)
    session.add_all(entries)
    session.flush()
    return entries


def _entry(event: AuditEvent, at: datetime, last: Head, key: str) -> AuditEntry:
    entry = AuditEntry(
        seq=last.seq + 1,
        at=at.astimezone(UTC),
        kind=event.kind,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        actor_role=event.actor_role,
        actor_organisation=event.actor_organisation,
        subject=event.subject,
        organisation_code=event.organisation_code,
        request_id=event.request_id,
        before=dict(event.before),
        after=dict(event.after),
        reason=event.reason,
        origin=event.origin,
        previous_hash=last.hash,
    )
    entry.hash = digest(entry, key)
    return entry


def head(session: Session) -> Head | None:
    """The newest entry; None while there is none."""
    newest = select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    last = session.execute(newest).one_or_none()
    return Head(last.seq, last.hash) if last else None


def beginning(session: Session) -> Head:
    """What the oldest entry follows: the last one that was retired, or nothing."""
    return _anchor(session) or Head(0, BEGINNING)


def _anchor(session: Session) -> Head | None:
    row = session.execute(text("SELECT seq, hash FROM audit_anchor")).one_or_none()
    return Head(row.seq, row.hash) if row else None


def digest(entry: AuditEntry, key: str) -> str:
    """The HMAC-SHA-256, in hex, of everything in the entry but its own hash."""
    facts = {name: _plain(getattr(entry, name)) for name in HASHED}
    plain = json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
    return hmac.new(key.encode(), plain, hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, dict | int) else str(value)


def retire(session: Session, before: datetime, at: datetime) -> int:
    """Lets go of the entries from before `before`, as the owner alone may; how many went.

    What the oldest entry left follows is put on record, so that no other beginning passes for it.
    """
    hold(session, Lock.AUDIT)
    gone = session.scalar(text("SELECT audit_retire(:before)"), {"before": before}) or 0
    if gone:
        until = beginning(session)
        after = {"entries": gone, "until": until.seq, "hash": until.hash}
        append(session, AuditEvent(AuditKind.AUDIT_RETIRED, "audit", after=after), at)
    return gone
