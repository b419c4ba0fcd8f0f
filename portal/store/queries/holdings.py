"""Reads what several people hold, as last seen, with the organisations they hold it at."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Organisation, Standing
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.rules.accounts import Account


def accounts(session: Session, person_ids: Collection[str]) -> dict[str, Account]:
    """These people with all they hold, by id; the unknown are left out. Nothing is decided by it.

    A role at an organisation that the mirror doesn't know stands at a place that nobody reaches.
    """
    people = session.scalars(select(MirroredPerson).where(MirroredPerson.id.in_(person_ids)))
    held: dict[str, set[Holding]] = {}
    places: dict[str, Organisation] = {}
    for holding, place in _held(session, person_ids):
        held.setdefault(holding.person_id, set()).add(_as_holding(holding, place))
        if place is not None and place.code not in places:
            places[place.code] = place.as_organisation()
    return {
        one.id: Account(Standing(one.as_person(), frozenset(held.get(one.id, ())), one.locked), places)
        for one in people
    }


def _held(
    session: Session, person_ids: Collection[str]
) -> list[tuple[MirroredHolding, MirroredOrganisation | None]]:
    at = MirroredOrganisation.code == MirroredHolding.organisation_code
    statement = (
        select(MirroredHolding, MirroredOrganisation)
        .join(MirroredOrganisation, at, isouter=True)
        .where(MirroredHolding.person_id.in_(person_ids))
    )
    return [(holding, place) for holding, place in session.execute(statement)]


def _as_holding(holding: MirroredHolding, place: MirroredOrganisation | None) -> Holding:
    unknown = place is None and holding.organisation_code
    path = (holding.organisation_code,)
    return Holding(holding.role, path) if unknown else holding.as_holding(place)
