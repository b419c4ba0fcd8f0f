"""Reads the providers that a role stands over, with how many people and open requests each has."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from directory.vocabulary import PROVIDER_TYPES, Holding, OrganisationStatus, Role
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.folding import prefix_query
from portal.store.queries import organisations
from portal.store.queries.organisations import matches, plain_order
from portal.store.queries.page import Page, bounds
from portal.store.queries.reach import stands_over, under


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
    conditions = [under(holding), MirroredOrganisation.type.in_(PROVIDER_TYPES)]
    if not closed:
        conditions.append(MirroredOrganisation.status != OrganisationStatus.CLOSED)
    if text.strip():
        conditions.append(matches(prefix_query(text)))
    total = session.scalar(select(func.count()).select_from(MirroredOrganisation).where(*conditions)) or 0
    statement = select(MirroredOrganisation, stands_over(holding)).where(*conditions)
    by_name = statement.order_by(plain_order(MirroredOrganisation.name), MirroredOrganisation.code)
    paged = by_name.limit(size).offset((number - 1) * size)
    return Page(_counted(session, paged), number, size, total)


def get(session: Session, holding: Holding, code: str) -> Provider | None:
    """One provider at or below the holding, a closed one too, whatever the case of its code."""
    known = organisations.get(session, code)
    statement = select(MirroredOrganisation, stands_over(holding)).where(
        MirroredOrganisation.code == (known.code if known else None),
        MirroredOrganisation.type.in_(PROVIDER_TYPES),
        under(holding),
    )
    return next(iter(_counted(session, statement)), None)


def _counted(session: Session, statement: Select[MirroredOrganisation, bool]) -> list[Provider]:
    found = session.execute(statement).all()
    codes = [organisation.code for organisation, _ in found]
    people = _people(session, codes)
    requests = _open_requests(session, codes)
    return [Provider(o, people.get(o.code, 0), requests.get(o.code, 0), over) for o, over in found]


def _people(session: Session, codes: list[str]) -> dict[str, int]:
    statement = (
        select(MirroredHolding.organisation_code, func.count(MirroredHolding.person_id.distinct()))
        .where(MirroredHolding.organisation_code.in_(codes))
        .group_by(MirroredHolding.organisation_code)
    )
    return dict(session.execute(statement).all())


def _open_requests(session: Session, codes: list[str]) -> dict[str, int]:
    statement = (
        select(AccessRequest.organisation_code, func.count())
        .where(AccessRequest.organisation_code.in_(codes), AccessRequest.state == RequestState.OPEN)
        .group_by(AccessRequest.organisation_code)
    )
    return dict(session.execute(statement).all())


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
