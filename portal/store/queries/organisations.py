"""Finds organisations as people type: by ODS code, by words of the name, by postcode."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, collate, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.vocabulary import OrganisationStatus, OrganisationType
from portal.model.mirror import MirroredOrganisation
from portal.store.folding import fold, found_in, prefix_query

MAX_TYPED = 100


def search(
    session: Session, text: str, limit: int = 10, open_only: bool = True
) -> list[MirroredOrganisation]:
    """Organisations in which every word typed begins a word of the name, the code or the postcode.

    The exact code comes first, then names that begin as typed, then the rest by name. Regions are left out:
    nobody holds a role at one. Nothing typed finds nothing.
    """
    query = prefix_query(text[:MAX_TYPED])
    if not query:
        return []
    statement = (
        select(MirroredOrganisation)
        .where(matches(query), MirroredOrganisation.type != OrganisationType.REGION)
        .order_by(_rank(text[:MAX_TYPED]), plain_order(MirroredOrganisation.name), MirroredOrganisation.code)
        .limit(limit)
    )
    if open_only:
        statement = statement.where(MirroredOrganisation.status == OrganisationStatus.OPEN)
    return list(session.scalars(statement))


def matches(query: str) -> ColumnElement[bool]:
    """Whether an organisation's searchable words match a prefix query made by `folding`."""
    return found_in(MirroredOrganisation.search, query)


def plain_order(column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Sorts by bare letters, whatever the case: to compare by a language's rules takes four times as long."""
    return collate(func.lower(column), "C")


def _rank(text: str) -> ColumnElement[int]:
    typed = text.strip()
    return case(
        (MirroredOrganisation.code == typed.upper().replace(" ", ""), 0),
        (func.lower(MirroredOrganisation.name).startswith(" ".join(fold(typed)), autoescape=True), 1),
        else_=2,
    )


def is_text(code: str) -> bool:
    """Whether it can be asked for at all: PostgreSQL takes no NUL in text."""
    return "\0" not in code


def get(session: Session, code: str) -> MirroredOrganisation | None:
    """The organisation of this ODS code as last seen, whatever the case."""
    if not is_text(code):
        return None
    return session.get(MirroredOrganisation, code.strip().upper()) or session.get(MirroredOrganisation, code)


def by_codes(session: Session, codes: Sequence[str]) -> dict[str, MirroredOrganisation]:
    """These organisations by code; the unknown are left out."""
    able = [code for code in codes if is_text(code)]
    found = session.scalars(select(MirroredOrganisation).where(MirroredOrganisation.code.in_(able)))
    return {organisation.code: organisation for organisation in found}


def successors(session: Session, code: str, limit: int = 5) -> list[MirroredOrganisation]:
    """Which open ones may have taken over from a closed one: that named in the data, then of its postcode."""
    closed = get(session, code)
    if closed is None:
        return []
    place = MirroredOrganisation
    same = and_(place.postcode == closed.postcode, place.postcode != "", place.type == closed.type)
    statement = (
        select(place)
        .where(or_(place.code == closed.successor, same))
        .where(place.status == OrganisationStatus.OPEN, place.code != closed.code)
        .order_by(place.code != closed.successor, plain_order(place.name), place.code)
    )
    return list(session.scalars(statement.limit(limit)))


def parent(session: Session, organisation: MirroredOrganisation) -> MirroredOrganisation | None:
    """The organisation directly above, if any."""
    return session.get(MirroredOrganisation, organisation.parent_code) if organisation.parent_code else None
