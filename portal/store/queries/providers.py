"""Reads the providers that a role stands over, with how many people and open requests each has."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.vocabulary import PROVIDER_TYPES, Holding, OrganisationStatus, Role
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.folding import prefix_query
from portal.store.queries.organisations import matches, plain_order
from portal.store.queries.page import Page, bounds
from portal.store.queries.reach import under


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider with the number of people who hold a role there, and of its open requests."""

    organisation: MirroredOrganisation
    people: int
    open_requests: int


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
    statement = select(MirroredOrganisation).where(*conditions)
    total = session.scalar(select(func.count()).select_from(MirroredOrganisation).where(*conditions)) or 0
    by_name = statement.order_by(plain_order(MirroredOrganisation.name), MirroredOrganisation.code)
    found = session.scalars(by_name.limit(size).offset((number - 1) * size))
    return Page(_counted(session, list(found)), number, size, total)


def get(session: Session, holding: Holding, code: str) -> Provider | None:
    """One provider, if the holding stands over it."""
    conditions = (under(holding), MirroredOrganisation.type.in_(PROVIDER_TYPES))
    statement = select(MirroredOrganisation).where(MirroredOrganisation.code == code, *conditions)
    return next(iter(_counted(session, list(session.scalars(statement)))), None)


def _counted(session: Session, found: list[MirroredOrganisation]) -> list[Provider]:
    codes = [organisation.code for organisation in found]
    people = _people(session, codes)
    requests = _open_requests(session, codes)
    return [Provider(o, people.get(o.code, 0), requests.get(o.code, 0)) for o in found]


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
    """Who holds which role at exactly this organisation, by last name."""
    statement = (
        select(MirroredPerson, MirroredHolding.role)
        .join(MirroredHolding, MirroredHolding.person_id == MirroredPerson.id)
        .where(MirroredHolding.organisation_code == code)
        .order_by(
            MirroredPerson.last_name, MirroredPerson.first_name, MirroredPerson.id, MirroredHolding.role
        )
    )
    return [(person, role) for person, role in session.execute(statement)]
