"""Reads people: one with their roles, and names by id."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Standing
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson


def standing(session: Session, person_id: str) -> Standing | None:
    """The person with every role held, as last seen; None for nobody known. Nothing is decided by it."""
    person = session.get(MirroredPerson, person_id)
    if person is None:
        return None
    statement = (
        select(MirroredHolding, MirroredOrganisation)
        .join(
            MirroredOrganisation, MirroredOrganisation.code == MirroredHolding.organisation_code, isouter=True
        )
        .where(MirroredHolding.person_id == person_id)
    )
    held = session.execute(statement)
    known = [holding.as_holding(place) for holding, place in held if place or not holding.organisation_code]
    return Standing(person.as_person(), frozenset(known), person.locked)


def by_email(session: Session, email: str) -> MirroredPerson | None:
    """The person with this e-mail address, as last seen."""
    return session.scalars(select(MirroredPerson).where(MirroredPerson.email == email.lower())).first()


def names(session: Session, person_ids: list[str]) -> dict[str, str]:
    """The names of these people by id; the unknown are left out."""
    found = session.scalars(select(MirroredPerson).where(MirroredPerson.id.in_(person_ids)))
    return {person.id: person.name or person.email for person in found}


def locked_ids(session: Session) -> list[str]:
    """Those who were locked when last seen."""
    return list(session.scalars(select(MirroredPerson.id).where(MirroredPerson.locked)))
