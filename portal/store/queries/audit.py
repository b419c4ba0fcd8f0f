"""Searches the audit: the Service Desk all of it, a person what is about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from portal.model.audit import AuditEntry, AuditKind
from portal.model.mirror import MirroredPerson
from portal.store.queries.page import Page, bounds


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for; what is left empty doesn't narrow it.

    `person` is the beginning of a name or an e-mail address, or an id, of the actor or the subject. `since`
    is included, `until` is not.
    """

    person: str = ""
    organisation_code: str = ""
    kind: AuditKind | None = None
    since: datetime | None = None
    until: datetime | None = None


def listing(session: Session, sought: Sought, number: int = 1, size: int = 10) -> Page[AuditEntry]:
    """Entries that match, the newest first."""
    return _page(session, _sought(sought), number, size)


def of_person(
    session: Session, person_id: str, email: str, number: int = 1, size: int = 10
) -> Page[AuditEntry]:
    """What a person did and what was done about them, the newest first."""
    return _page(session, [_about([person_id, email.lower()])], number, size)


def of_request(session: Session, request_id: object) -> list[AuditEntry]:
    """Everything about one request, the oldest first."""
    statement = select(AuditEntry).where(AuditEntry.request_id == request_id).order_by(AuditEntry.seq)
    return list(session.scalars(statement))


def download(session: Session, sought: Sought) -> Iterator[AuditEntry]:
    """All entries that match, the oldest first, read bit by bit."""
    statement = select(AuditEntry).where(*_sought(sought)).order_by(AuditEntry.seq)
    yield from session.scalars(statement.execution_options(yield_per=500))


def _page(
    session: Session, conditions: list[ColumnElement[bool]], number: int, size: int
) -> Page[AuditEntry]:
    number, size = bounds(number, size)
    statement: Select[AuditEntry] = select(AuditEntry).where(*conditions)
    newest = statement.order_by(AuditEntry.seq.desc()).limit(size).offset((number - 1) * size)
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*conditions)) or 0
    return Page(list(session.scalars(newest)), number, size, total)


def _sought(sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.person.strip():
        conditions.append(_person(sought.person.strip()))
    if sought.organisation_code.strip():
        conditions.append(AuditEntry.organisation_code == sought.organisation_code.strip().upper())
    if sought.kind is not None:
        conditions.append(AuditEntry.kind == sought.kind)
    if sought.since is not None:
        conditions.append(AuditEntry.at >= sought.since)
    if sought.until is not None:
        conditions.append(AuditEntry.at < sought.until)
    return conditions


def _person(typed: str) -> ColumnElement[bool]:
    named = select(MirroredPerson.id).where(
        or_(
            MirroredPerson.email.istartswith(typed, autoescape=True),
            (MirroredPerson.first_name + " " + MirroredPerson.last_name).istartswith(typed, autoescape=True),
            MirroredPerson.last_name.istartswith(typed, autoescape=True),
        )
    )
    return or_(
        _about([typed, typed.lower()]),
        AuditEntry.subject.in_(named),
        AuditEntry.actor_id.in_(named),
        AuditEntry.actor_name.istartswith(typed, autoescape=True),
        AuditEntry.subject.istartswith(typed, autoescape=True),
    )


def _about(people: list[str]) -> ColumnElement[bool]:
    return or_(AuditEntry.subject.in_(people), AuditEntry.actor_id.in_(people))
