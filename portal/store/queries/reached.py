"""Which organisations somebody's roles reach: `rules.use` as a query, by what the mirror last saw.

And which organisations there are to choose from, of those that a role may do something with.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from directory.vocabulary import (
    COMMISSIONING_TYPES,
    PROVIDER_TYPES,
    Holding,
    Organisation,
    OrganisationStatus,
)
from portal.model.mirror import MirroredOrganisation
from portal.rules.roles import COMMISSIONER_STAFF
from portal.store.folding import prefix_query
from portal.store.queries.organisations import matches, plain_order
from portal.store.queries.reach import is_everywhere, stands_over, under

OFFERING = COMMISSIONING_TYPES | PROVIDER_TYPES


def reached(session: Session, holdings: Iterable[Holding]) -> dict[str, str]:
    """The names of all that these roles reach between them, by ODS code."""
    conditions = [_sees(held) for held in holdings]
    if not conditions:
        return {}
    found = select(MirroredOrganisation.code, MirroredOrganisation.name).where(or_(*conditions))
    return {row.code: row.name for row in session.execute(found)}


def at_and_below(session: Session, holdings: Iterable[Holding], after: str, limit: int) -> list[Organisation]:
    """Those at and below where the roles are held, in the order of ODS codes after `after`.

    Closures and clusters apart: whoever asks has the rule decide on each, and says why not.
    """
    codes = [one.organisation for one in holdings]
    statement = select(MirroredOrganisation).where(MirroredOrganisation.code > after)
    if "" not in codes:
        statement = statement.where(MirroredOrganisation.path.overlap(codes))
    rows = session.scalars(statement.order_by(MirroredOrganisation.code).limit(limit))
    return [row.as_organisation() for row in rows]


def settable(session: Session, holding: Holding, text: str, limit: int) -> tuple[list[Organisation], int]:
    """Open organisations where the holding may set User details: the nearest the top first, then by name.

    At most so many, and how many there are. `text` is searched in names, codes and postcodes; none finds all.
    """
    table = MirroredOrganisation
    conditions = [under(holding), table.status == OrganisationStatus.OPEN, table.type.in_(OFFERING)]
    if query := prefix_query(text):
        conditions.append(matches(query))
    total = session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
    order = (func.cardinality(table.path), plain_order(table.name), table.code)
    rows = session.scalars(select(table).where(*conditions).order_by(*order).limit(limit))
    return [row.as_organisation() for row in rows], total


def watched(session: Session, holding: Holding, text: str, limit: int) -> list[Organisation]:
    """Those whose people the holding may see and that answer the search, by name; none for no text."""
    query, table = prefix_query(text), MirroredOrganisation
    if not query:
        return []
    found = select(table).where(matches(query), stands_over(holding), table.type.in_(OFFERING))
    rows = session.scalars(found.order_by(plain_order(table.name), table.code).limit(limit))
    return [row.as_organisation() for row in rows]


def _sees(held: Holding) -> ColumnElement[bool]:
    is_open = MirroredOrganisation.status != OrganisationStatus.CLOSED
    if is_everywhere(held) or held.role in COMMISSIONER_STAFF:
        return and_(under(held), is_open)
    is_provider = MirroredOrganisation.type.in_(PROVIDER_TYPES)
    return and_(MirroredOrganisation.code == held.organisation, is_provider, is_open)
