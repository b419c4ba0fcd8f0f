"""Searches the audit: the Service Desk all of it, a person what is about them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, ColumnElement, Select, Text, any_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Role
from portal.model.audit import WORDS, AuditEntry, AuditKind
from portal.model.mirror import MirroredOrganisation, MirroredPerson
from portal.store.folding import found_in, prefix_query
from portal.store.queries.page import Page, bounds
from portal.store.queries.reach import is_everywhere, stands_over

DISABLED = frozenset({AuditKind.DISABLE_ASKED, AuditKind.ACCOUNT_DISABLED})


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for; what is left empty doesn't narrow it.

    `person` is an id, or what begins words of a name or an e-mail address: of the actor, of whom it is about,
    or in what was put on record. `since` is included, `until` is not.
    """

    person: str = ""
    organisation_code: str = ""
    kind: AuditKind | None = None
    since: datetime | None = None
    until: datetime | None = None


def listing(session: Session, sought: Sought, number: int = 1, size: int = 10) -> Page[AuditEntry]:
    """Entries that match, the newest first."""
    return _page(session, _sought(session, sought), number, size)


def of_person(
    session: Session, person_id: str, email: str, number: int = 1, size: int = 10
) -> Page[AuditEntry]:
    """What a person did and what was done about them, the newest first."""
    return _page(session, [_any_of(*_about([person_id, email.lower()]))], number, size)


def about(
    session: Session, person_id: str, email: str, viewer: Holding, number: int = 1, size: int = 10
) -> Page[AuditEntry]:
    """What was done about a person, the newest first: where the viewer's role stands over, or at no place."""
    people = any_(literal([person_id, email.lower()], ARRAY(Text)))
    places = select(MirroredOrganisation.code).where(stands_over(viewer))
    seen = or_(AuditEntry.organisation_code == "", AuditEntry.organisation_code.in_(places))
    return _page(session, [AuditEntry.subject == people, seen], number, size)


def given_since(session: Session, person_id: str, since: datetime) -> frozenset[tuple[str, Role]]:
    """The roles that Keycloak was given for the person from then on, by ODS code."""
    given = select(AuditEntry.organisation_code, AuditEntry.after["role"].as_string()).where(
        AuditEntry.subject == person_id, AuditEntry.at >= since, AuditEntry.kind == AuditKind.ROLE_GRANTED
    )
    return frozenset((code, Role(role)) for code, role in session.execute(given))


def without_reason(session: Session, entries: Iterable[AuditEntry], viewer: Holding) -> set[int]:
    """Those, by number, whose reason isn't the viewer's to read: why an account was disabled is the affair of
    the organisation that did so, and the viewer doesn't stand over that.
    """
    disabled = [one for one in entries if one.kind in DISABLED]
    codes, place = {one.actor_organisation for one in disabled}, MirroredOrganisation.code
    if not disabled or is_everywhere(viewer):
        return set()
    theirs = set(session.scalars(select(place).where(place.in_(codes), stands_over(viewer))))
    return {one.seq for one in disabled if one.actor_organisation not in theirs}


def download(session: Session, sought: Sought) -> Iterator[AuditEntry]:
    """All entries that match, the oldest first, read bit by bit."""
    statement = select(AuditEntry).where(*_sought(session, sought)).order_by(AuditEntry.seq)
    yield from session.scalars(statement.execution_options(yield_per=500))


def _page(
    session: Session, conditions: list[ColumnElement[bool]], number: int, size: int
) -> Page[AuditEntry]:
    number, size = bounds(number, size)
    statement: Select[AuditEntry] = select(AuditEntry).where(*conditions)
    newest = statement.order_by(AuditEntry.seq.desc()).limit(size).offset((number - 1) * size)
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*conditions)) or 0
    return Page(list(session.scalars(newest)), number, size, total)


def _sought(session: Session, sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.person.strip():
        conditions.append(_person(session, sought.person.strip()))
    if sought.organisation_code.strip():
        conditions.append(AuditEntry.organisation_code == sought.organisation_code.strip().upper())
    if sought.kind is not None:
        conditions.append(AuditEntry.kind == sought.kind)
    if sought.since is not None:
        conditions.append(AuditEntry.at >= sought.since)
    if sought.until is not None:
        conditions.append(AuditEntry.at < sought.until)
    return conditions


def _person(session: Session, typed: str) -> ColumnElement[bool]:
    query = prefix_query(typed)
    people = session.scalars(select(MirroredPerson.id).where(found_in(MirroredPerson.search, query)))
    named = [WORDS.op("@@")(func.to_tsquery("simple", query))] if query else []
    return _any_of(*_about([typed, typed.lower(), *people]), *named)


def _about(people: list[str]) -> list[ColumnElement[bool]]:
    anybody = any_(literal(people, ARRAY(Text)))
    return [AuditEntry.subject == anybody, AuditEntry.actor_id == anybody]


def _any_of(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Each is looked up by an index of its own: asked for by "or", all entries might be read through."""
    return AuditEntry.seq.in_(union_all(*(select(AuditEntry.seq).where(one) for one in conditions)))
