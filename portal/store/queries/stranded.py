"""Reads who is left with no open organisation, for the Service Desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from directory.vocabulary import OrganisationStatus
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.store.queries import organisations
from portal.store.queries.page import Page, bounds


@dataclass(frozen=True, slots=True)
class Stranded:
    """A person every one of whose organisations has closed; `organisations` are those: ODS code and name."""

    person_id: str
    name: str
    email: str
    organisations: Sequence[tuple[str, str]]


def listing(session: Session, number: int = 1, size: int = 10) -> Page[Stranded]:
    """Those who hold roles, and none at an open organisation, by name. Disabled people are left out."""
    number, size = bounds(number, size)
    total = count(session)
    rows = session.execute(_stranded().limit(size).offset((number - 1) * size)).all()
    known = organisations.by_codes(session, sorted({code for row in rows for code in row.codes}))
    names = {code: one.name for code, one in known.items()}
    people = [
        Stranded(
            row.id,
            f"{row.first_name} {row.last_name}".strip(),
            row.email,
            [(code, names.get(code, code)) for code in row.codes],
        )
        for row in rows
    ]
    return Page(people, number, size, total)


def count(session: Session) -> int:
    """How many they are."""
    return session.scalar(select(func.count()).select_from(_stranded().order_by(None).subquery())) or 0


def _stranded() -> Select[str, str, str, str, Sequence[str]]:
    place = MirroredOrganisation
    works = or_(
        MirroredHolding.organisation_code == "",
        and_(place.status.is_not(None), place.status != OrganisationStatus.CLOSED),
    )
    return (
        select(
            MirroredPerson.id,
            MirroredPerson.first_name,
            MirroredPerson.last_name,
            MirroredPerson.email,
            func.array_agg(MirroredHolding.organisation_code.distinct()).label("codes"),
        )
        .join(MirroredHolding, MirroredHolding.person_id == MirroredPerson.id)
        .outerjoin(place, place.code == MirroredHolding.organisation_code)
        .where(MirroredPerson.enabled)
        .group_by(MirroredPerson.id)
        .having(~func.bool_or(works))
        .order_by(MirroredPerson.last_name, MirroredPerson.first_name, MirroredPerson.id)
    )
