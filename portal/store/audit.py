"""Puts events on record, each chained to the one before, and checks the chain."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.model.audit import AuditEntry, AuditEvent
from portal.store.locks import Lock, hold

BEGINNING = "0" * 64
HASHED = tuple(column.key for column in AuditEntry.__table__.columns if column.key != "hash")


def append(session: Session, event: AuditEvent, at: datetime) -> AuditEntry:
    """Puts the event on record in this transaction. Do it late: until the commit nobody else can."""
    (entry,) = append_all(session, [event], at)
    return entry


def append_all(session: Session, events: Sequence[AuditEvent], at: datetime) -> list[AuditEntry]:
    """Puts them on record, each an entry of its own in this order; thousands take a second or two."""
    hold(session, Lock.AUDIT)
    last = session.execute(_last()).one_or_none()
    seq, previous = (last.seq, last.hash) if last else (0, BEGINNING)
    entries: list[AuditEntry] = []
    for event in events:
        seq += 1
        entries.append(_entry(event, at, seq, previous))
        previous = entries[-1].hash
    session.add_all(entries)
    session.flush()
    return entries


def _entry(event: AuditEvent, at: datetime, seq: int, previous: str) -> AuditEntry:
    entry = AuditEntry(
        seq=seq,
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
        previous_hash=previous,
    )
    entry.hash = digest(entry)
    return entry


def _last() -> Any:
    return select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)


def digest(entry: AuditEntry) -> str:
    """The SHA-256, in hex, of everything in the entry but its own hash."""
    facts = {name: _plain(getattr(entry, name)) for name in HASHED}
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, dict | int) else str(value)


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry at which the chain doesn't hold, and why."""

    seq: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries were checked, the last one's hash, and where the chain breaks, if it does."""

    entries: int
    last_hash: str
    fault: Break | None


def verify(session: Session) -> Verified:
    """Walks the whole chain. Keep `last_hash` elsewhere: it shows if the newest entries are cut off."""
    expected, count = _anchor(session), 0
    for entry in _entries(session):
        problem = _problem(entry, expected)
        if problem:
            return Verified(count, expected[1], Break(entry.seq, problem))
        expected, count = (entry.seq + 1, entry.hash), count + 1
    return Verified(count, expected[1], None)


def _problem(entry: AuditEntry, expected: tuple[int, str]) -> str:
    if entry.seq != expected[0]:
        return f"entry {expected[0]} is missing"
    if entry.previous_hash != expected[1]:
        return "it doesn't follow from the entry before"
    return "" if entry.hash == digest(entry) else "it was changed after it was written"


def _anchor(session: Session) -> tuple[int, str]:
    row = session.execute(text("SELECT seq, hash FROM audit_anchor")).one_or_none()
    return (row.seq + 1, row.hash) if row else (1, BEGINNING)


def _entries(session: Session) -> Iterator[AuditEntry]:
    statement = select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)
    for entry in session.scalars(statement):
        session.expunge(entry)
        yield entry


def retire(session: Session, before: datetime) -> int:
    """Lets go of the entries from before `before`, the only way in which any can be; how many went."""
    hold(session, Lock.AUDIT)
    return session.scalar(text("SELECT audit_retire(:before)"), {"before": before}) or 0
