"""Reads what many people hold, and what restricts them, as last seen. Nothing is decided by it."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Restriction, Standing
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.rules.accounts import Account
from portal.store.queries import people


def standings(session: Session, person_ids: Collection[str]) -> dict[str, Account]:
    """These people's accounts with all that decides what they reach, by id; the unknown are left out."""
    restrictions = _restrictions(session, person_ids)
    return {
        person_id: Account(_with(account.standing, restrictions.get(person_id, ())), account.organisations)
        for person_id, account in people.accounts(session, person_ids).items()
    }


def _with(standing: Standing, restrictions: Collection[Restriction]) -> Standing:
    return Standing(standing.person, standing.holdings, standing.locked, frozenset(restrictions))


def _restrictions(session: Session, person_ids: Collection[str]) -> dict[str, list[Restriction]]:
    statement = (
        select(MirroredRestriction, MirroredCluster)
        .outerjoin(MirroredCluster, MirroredCluster.id == MirroredRestriction.cluster_id)
        .where(MirroredRestriction.person_id.in_(person_ids))
    )
    found = defaultdict(list)
    for one, cluster in session.execute(statement):
        found[one.person_id].append(one.as_restriction(cluster))
    return found
