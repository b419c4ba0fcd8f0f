"""Reads people: one with their roles, and names by id."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Restriction, Standing
from portal.model.mirror import MirroredPerson
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.store.queries import holdings


def standing(session: Session, person_id: str) -> Standing | None:
    """The person with every role held, as last seen; None for nobody known. Nothing is decided by it.

    A role at an organisation that the mirror doesn't know is left out.
    """
    found = list(holdings.people_with_roles(session, [person_id]))
    if not found:
        return None
    person = found[0].person
    held = [one.held.as_holding(one.place) for one in found if one.held and one.is_placed]
    return Standing(person.as_person(), frozenset(held), person.locked, restrictions(session, person_id))


def restrictions(session: Session, person_id: str) -> frozenset[Restriction]:
    """What restricts the person, as last seen."""
    statement = (
        select(MirroredRestriction, MirroredCluster)
        .outerjoin(MirroredCluster, MirroredCluster.id == MirroredRestriction.cluster_id)
        .where(MirroredRestriction.person_id == person_id)
    )
    return frozenset(one.as_restriction(cluster) for one, cluster in session.execute(statement))


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
