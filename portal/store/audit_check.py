"""Checks that the record is whole: that nothing was changed, removed, slipped in, chained anew or cut off."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import String, select, type_coerce
from sqlalchemy.exc import DataError, MultipleResultsFound
from sqlalchemy.orm import Session

from portal.model.audit import AuditEntry, AuditKind
from portal.store.audit import BEGINNING, Head, beginning, digest
from portal.store.engine import audit_key


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry at which the chain doesn't hold, and why."""

    seq: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries were checked, the newest of them, and where the chain breaks, if it does."""

    entries: int
    head: Head
    fault: Break | None


def verify(session: Session, kept: Collection[Head] = ()) -> Verified:
    """Walks the whole chain. `kept` are heads put outside earlier: the chain must still have each of them.

    Without one nobody can tell that the newest entries were cut off.
    """
    try:
        began = beginning(session)
    except MultipleResultsFound:
        return Verified(0, Head(0, BEGINNING), Break(1, "more than one beginning is on record"))
    last, count, retired = began, 0, Head(0, BEGINNING)
    key, expected = audit_key(session), _by_number(kept)
    try:
        for entry in _entries(session):
            problem = _problem(entry, last, key) or _unlike(entry, expected)
            if problem:
                return Verified(count, last, Break(entry.seq, problem))
            last, count, retired = Head(entry.seq, entry.hash), count + 1, _retired(entry) or retired
    except _CannotBeRead:
        return Verified(count, last, Break(last.seq + 1, "it, or one after it, can't be read"))
    return Verified(count, last, _cut_off(kept, began, last, retired))


class _CannotBeRead(Exception):
    """What the service never writes: a time or a value that no program of ours can take."""


def _problem(entry: AuditEntry, last: Head, key: str) -> str:
    if entry.seq != last.seq + 1:
        return f"entry {last.seq + 1} is missing"
    if entry.previous_hash != last.hash:
        return "it doesn't follow from the entry before"
    return "" if entry.hash == digest(entry, key) else "it was changed, or written without the key"


def _by_number(kept: Collection[Head]) -> dict[int, set[str]]:
    """Every hash that was kept of each entry: of two, one was of an entry that has been replaced."""
    hashes: dict[int, set[str]] = {}
    for one in kept:
        hashes.setdefault(one.seq, set()).add(one.hash)
    return hashes


def _unlike(entry: AuditEntry, expected: dict[int, set[str]]) -> str:
    kept = expected.get(entry.seq, {entry.hash})
    return "" if kept == {entry.hash} else "its hash is not the one that was kept"


def _retired(entry: AuditEntry) -> Head | None:
    """What a retirement says that the rest of the chain follows."""
    if entry.kind != AuditKind.AUDIT_RETIRED:
        return None
    return Head(entry.after["until"], entry.after["hash"])


def _cut_off(kept: Collection[Head], began: Head, last: Head, retired: Head) -> Break | None:
    """Entries missing at either end."""
    if began != retired:
        return Break(began.seq + 1, "what was before it has gone, and no retirement on record says so")
    gone = [one.seq for one in kept if one.seq > last.seq]
    if gone:
        return Break(max(gone), "it was kept outside and is gone: the newest entries were cut off")
    return None


def _entries(session: Session) -> Iterator[AuditEntry]:
    """Each row as it stands in the database. They come a thousand at a time, and fail together.

    Of a kind that only a later release knows the hash tells whether the service wrote it.
    """
    table = AuditEntry.__table__
    columns = [type_coerce(one, String) if one is table.c.kind else one for one in table.columns]
    statement = select(*columns).order_by(AuditEntry.seq)
    try:
        for row in session.execute(statement, execution_options={"yield_per": 1000}):
            yield AuditEntry(**row._asdict())
    except (DataError, ValueError, RecursionError) as strange:
        raise _CannotBeRead from strange
