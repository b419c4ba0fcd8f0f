"""Reads what many people hold, and what restricts them, as last seen. Nothing is decided by it."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from directory.vocabulary import Restriction, Standing
from portal.rules.accounts import Account
from portal.store.queries import people


def standings(session: Session, person_ids: Collection[str]) -> dict[str, Account]:
    """These people's accounts with all that decides what they reach, by id; the unknown are left out."""
    restrictions = people.restrictions(session, person_ids)
    return {
        person_id: Account(_with(account.standing, restrictions.get(person_id, ())), account.organisations)
        for person_id, account in people.accounts(session, person_ids).items()
    }


def _with(standing: Standing, restrictions: Collection[Restriction]) -> Standing:
    return Standing(standing.person, standing.holdings, standing.locked, frozenset(restrictions))
