"""Reads people, as last seen: with their roles and the organisations they hold them at, and names by id."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Organisation, Restriction, Role, Standing
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.rules.accounts import Account
from portal.store.straight import Straight


@dataclass(frozen=True, slots=True)
class PersonWithRole:
    """A person with one role and the organisation it is held at; `held` is None for somebody without any.

    `place` is None for the Service Desk's role, and for an organisation that the mirror doesn't know.
    """

    person: MirroredPerson
    held: MirroredHolding | None
    place: MirroredOrganisation | None

    @property
    def is_placed(self) -> bool:
        """Whether it is known where the role is held."""
        return self.held is not None and (self.place is not None or not self.held.organisation_code)


def people_with_roles(session: Session, person_ids: Collection[str]) -> Iterator[PersonWithRole]:
    """These people, once for each role and at least once; the unknown are left out."""
    return (PersonWithRole(*row) for row in session.execute(_WITH_ROLES, {"person_ids": [*person_ids]}))


_WITH_ROLES = (
    select(MirroredPerson, MirroredHolding, MirroredOrganisation)
    .outerjoin(MirroredHolding, MirroredHolding.person_id == MirroredPerson.id)
    .outerjoin(MirroredOrganisation, MirroredOrganisation.code == MirroredHolding.organisation_code)
    .where(MirroredPerson.id == any_(bindparam("person_ids", type_=ARRAY(Text))))
)


def accounts(session: Session, person_ids: Collection[str]) -> dict[str, Account]:
    """These people with all they hold, by id; the unknown are left out. Nothing is decided by it.

    A role at an organisation that the mirror doesn't know stands at a place that nobody reaches.
    """
    people: dict[str, MirroredPerson] = {}
    held: dict[str, set[Holding]] = {}
    places: dict[str, Organisation] = {}
    for one in people_with_roles(session, person_ids):
        people[one.person.id] = one.person
        if one.held is not None:
            held.setdefault(one.person.id, set()).add(_as_holding(one.held, one.place))
        if one.place is not None and one.place.code not in places:
            places[one.place.code] = one.place.as_organisation()
    return {
        person_id: Account(Standing(one.as_person(), frozenset(held.get(person_id, ())), one.locked), places)
        for person_id, one in people.items()
    }


def _as_holding(holding: MirroredHolding, place: MirroredOrganisation | None) -> Holding:
    unknown = place is None and holding.organisation_code
    path = (holding.organisation_code,)
    return Holding(holding.role, path) if unknown else holding.as_holding(place)


def standing(session: Session, person_id: str) -> Standing | None:
    """The person with every role held, as last seen; None for nobody known. Nothing is decided by it.

    A role at an organisation that the mirror doesn't know is left out.
    """
    found = list(people_with_roles(session, [person_id]))
    if not found:
        return None
    person = found[0].person
    held = [one.held.as_holding(one.place) for one in found if one.held and one.is_placed]
    restricted = frozenset(restrictions(session, [person_id]).get(person_id, ()))
    return Standing(person.as_person(), frozenset(held), person.locked, restricted)


_HELD = """
SELECT held.role, coalesce(place.path, '{}') AS path
FROM mirrored_holding AS held LEFT JOIN mirrored_organisation AS place ON place.code = held.organisation_code
WHERE held.person_id = %(person_id)s AND (place.code IS NOT NULL OR held.organisation_code = '')
"""


def held(straight: Straight, person_id: str) -> list[Holding]:
    """Every role that the person holds, likewise. Nothing is decided by it."""
    found = straight.rows(_HELD, {"person_id": person_id})
    return [Holding(Role(row.role), tuple(row.path)) for row in found]


def restrictions(session: Session, person_ids: Collection[str]) -> Mapping[str, list[Restriction]]:
    """What restricts each of these people, as last seen, by id; the others are left out."""
    found: dict[str, list[Restriction]] = defaultdict(list)
    for one, cluster in session.execute(_RESTRICTED, {"person_ids": [*person_ids]}):
        found[one.person_id].append(one.as_restriction(cluster))
    return found


_RESTRICTED = (
    select(MirroredRestriction, MirroredCluster)
    .outerjoin(MirroredCluster, MirroredCluster.id == MirroredRestriction.cluster_id)
    .where(MirroredRestriction.person_id == any_(bindparam("person_ids", type_=ARRAY(Text))))
)


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
