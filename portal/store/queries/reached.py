"""Which organisations somebody's roles reach: `rules.why.sees` as a query, by what the mirror last saw."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from directory.vocabulary import PROVIDER_TYPES, Holding, OrganisationStatus
from portal.model.mirror import MirroredOrganisation
from portal.rules.roles import COMMISSIONER_STAFF
from portal.store.queries.reach import is_everywhere, under


def reached(session: Session, holdings: Iterable[Holding]) -> dict[str, str]:
    """The names of all that these roles reach between them, by ODS code."""
    conditions = [_sees(held) for held in holdings]
    if not conditions:
        return {}
    found = select(MirroredOrganisation.code, MirroredOrganisation.name).where(or_(*conditions))
    return {row.code: row.name for row in session.execute(found)}


def _sees(held: Holding) -> ColumnElement[bool]:
    is_open = MirroredOrganisation.status != OrganisationStatus.CLOSED
    if is_everywhere(held):
        return under(held)
    if held.role in COMMISSIONER_STAFF:
        return and_(under(held), is_open)
    is_provider = MirroredOrganisation.type.in_(PROVIDER_TYPES)
    return and_(MirroredOrganisation.code == held.organisation, is_provider, is_open)
