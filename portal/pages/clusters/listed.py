"""The service providers that a cluster lists, with whether they count today."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from directory.vocabulary import Cluster, Organisation
from portal.pages.organisation_search import whereabouts
from portal.store.queries import clusters, organisations


@dataclass(frozen=True)
class ListedRow:
    """A listed provider; `note` says why nobody sees it through the cluster today."""

    code: str
    name: str
    where: str
    note: str = ""


def rows(db: Session, commissioner: Organisation, codes: Sequence[str]) -> list[ListedRow]:
    """By name."""
    known, able = organisations.by_codes(db, codes), clusters.candidate_codes(db, commissioner.path)
    at = whereabouts(db, [row.as_organisation() for row in known.values()], commissioner.code)
    found = []
    for code in codes:
        place = known.get(code)
        if place is None:
            found.append(ListedRow(code, "Not known", "", "there is no such organisation"))
            continue
        gone = "closed" if place.is_closed else f"no longer part of {commissioner.name}"
        found.append(ListedRow(code, place.name, at[code], "" if code in able else gone))
    return sorted(found, key=lambda row: (row.name.casefold(), row.code))


def fingerprint(cluster: Cluster) -> str:
    """The same for the same cluster: whether it is still what somebody saw."""
    facts = (cluster.id, cluster.name, cluster.description, sorted(cluster.organisations))
    return hashlib.sha256(repr(facts).encode()).hexdigest()
