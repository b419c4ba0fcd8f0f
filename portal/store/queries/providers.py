"""Reads the providers that a role stands over, with how many people and open requests each has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from directory.vocabulary import PROVIDER_TYPES, Holding, OrganisationStatus, Role
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.folding import prefix_query
from portal.store.queries import organisations
from portal.store.queries.organisations import matches, plain_order
from portal.store.queries.page import KEPT, OFFSET, SIZE, Page, bounds
from portal.store.queries.reach import Shape, shape_of, stands_over, under, values_of

CODES = bindparam("codes", type_=ARRAY(Text))
PEOPLE = (
    select(MirroredHolding.organisation_code, func.count(MirroredHolding.person_id.distinct()))
    .where(MirroredHolding.organisation_code == any_(CODES))
    .group_by(MirroredHolding.organisation_code)
)
OPEN_REQUESTS = (
    select(AccessRequest.organisation_code, func.count())
    .where(AccessRequest.organisation_code == any_(CODES), AccessRequest.state == RequestState.OPEN)
    .group_by(AccessRequest.organisation_code)
)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider with the number of people who hold a role there, and of its open requests.

    `in_scope`: the role stands over it, and so over its people; over a closed one only the Service Desk's.
    """

    organisation: MirroredOrganisation
    people: int
    open_requests: int
    in_scope: bool


def listing(
    session: Session, holding: Holding, text: str = "", number: int = 1, size: int = 10, closed: bool = False
) -> Page[Provider]:
    """The providers at or below the holding, by name; open ones only unless `closed`."""
    number, size = bounds(number, size)
    query = prefix_query(text) if text.strip() else None
    statement, values = _listed(shape_of(holding), query, closed), values_of(holding)
    found = session.execute(statement, values | {"size": size, "offset": (number - 1) * size}).all()
    total = found[0].total if found else 0
    if number > 1 and not found:
        total = session.scalar(_count(shape_of(holding), query, closed), values) or 0
    return Page(_counted(session, [(one[0], one[1]) for one in found]), number, size, total)


@lru_cache(KEPT)
def _listed(shape: Shape, query: str | None, closed: bool) -> Select[*tuple[Any, ...]]:
    """A page of them, each with whether it is in scope, and with how many there are in all."""
    table, total = MirroredOrganisation, func.count().over().label("total")
    found = select(table, stands_over(shape), total).where(*_wanted(shape, query, closed))
    return found.order_by(plain_order(table.name), table.code).limit(SIZE).offset(OFFSET)


@lru_cache(KEPT)
def _count(shape: Shape, query: str | None, closed: bool) -> Select[int]:
    return select(func.count()).select_from(MirroredOrganisation).where(*_wanted(shape, query, closed))


def _wanted(shape: Shape, query: str | None, closed: bool) -> Iterator[ColumnElement[bool]]:
    yield under(shape)
    yield MirroredOrganisation.type.in_(PROVIDER_TYPES)
    if not closed:
        yield MirroredOrganisation.status != OrganisationStatus.CLOSED
    if query is not None:
        yield matches(query)


def get(session: Session, holding: Holding, code: str) -> Provider | None:
    """One provider at or below the holding, a closed one too, whatever the case of its code."""
    known = organisations.get(session, code)
    statement = select(MirroredOrganisation, stands_over(holding)).where(
        MirroredOrganisation.code == (known.code if known else None),
        MirroredOrganisation.type.in_(PROVIDER_TYPES),
        under(holding),
    )
    found = [(one, over) for one, over in session.execute(statement)]
    return next(iter(_counted(session, found)), None)


def _counted(session: Session, found: Sequence[tuple[MirroredOrganisation, bool]]) -> list[Provider]:
    codes = [organisation.code for organisation, _ in found]
    people = _people(session, codes)
    requests = _open_requests(session, codes)
    return [Provider(o, people.get(o.code, 0), requests.get(o.code, 0), over) for o, over in found]


def _people(session: Session, codes: list[str]) -> dict[str, int]:
    return dict(session.execute(PEOPLE, {"codes": codes}).all())


def _open_requests(session: Session, codes: list[str]) -> dict[str, int]:
    return dict(session.execute(OPEN_REQUESTS, {"codes": codes}).all())


def people_at(session: Session, code: str) -> list[tuple[MirroredPerson, Role]]:
    """Who holds which role at exactly this organisation, by last name; for whoever stands over it."""
    statement = (
        select(MirroredPerson, MirroredHolding.role)
        .join(MirroredHolding, MirroredHolding.person_id == MirroredPerson.id)
        .where(MirroredHolding.organisation_code == code)
        .order_by(
            MirroredPerson.last_name, MirroredPerson.first_name, MirroredPerson.id, MirroredHolding.role
        )
    )
    return [(person, role) for person, role in session.execute(statement)]
