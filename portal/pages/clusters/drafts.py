"""What somebody has entered about a cluster and not yet submitted, kept in their session.

So it is nobody else's to see or to send. A new cluster's draft has a name of its own, which is part of every
address; a cluster that there is has one draft in a session, under its short name.
"""

import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import session

from directory.vocabulary import Cluster

ENTRY = "clusters"
KEPT = 5


@dataclass(frozen=True)
class Draft:
    """The cluster as it is to be. `seen` is the cluster as it was opened, in JSON; None for a new one.

    `refused` are pasted codes that were not taken, each with why; `bad_lines` those of a file, with their
    numbers. `sent`: the new cluster was asked for;
    `made` whether Keycloak had it at once.
    """

    commissioner: str
    name: str
    description: str
    organisations: tuple[str, ...] = ()
    seen: dict[str, Any] | None = None
    refused: tuple[tuple[str, str], ...] = ()
    sent: bool = False
    made: bool = False
    bad_lines: tuple[tuple[int, str, str], ...] = ()

    @property
    def wanted(self) -> Cluster:
        """The cluster that is asked for."""
        listed = frozenset(self.organisations)
        if self.seen is None:
            return Cluster(self.commissioner, "", self.name, self.description, listed)
        return replace(self.opened, name=self.name, description=self.description, organisations=listed)

    @property
    def opened(self) -> Cluster:
        """The cluster as it was when it was opened."""
        seen = self.seen or {}
        return Cluster(**{**seen, "organisations": frozenset(seen.get("organisations", ()))})

    @property
    def is_changed(self) -> bool:
        return self.seen is None or self.wanted != self.opened


def of_cluster(cluster: Cluster) -> Draft:
    """A draft in which nothing is changed yet."""
    seen = {**asdict(cluster), "organisations": sorted(cluster.organisations)}
    return Draft(cluster.commissioner, cluster.name, cluster.description, tuple(seen["organisations"]), seen)


def begin(draft: Draft) -> str:
    """Keeps the draft of a new cluster, and gives its name."""
    name = secrets.token_urlsafe(9)
    keep(name, draft)
    return name


def find(name: str, commissioner: str) -> Draft | None:
    """The draft of that name, for that commissioner, if this session has it."""
    kept = session.get(ENTRY, {}).get(name)
    if kept is None or kept["commissioner"] != commissioner:
        return None
    parts = {name: tuple(map(tuple, kept.get(name, ()))) for name in ("refused", "bad_lines")}
    return Draft(**{**kept, **parts, "organisations": tuple(kept["organisations"])})


def keep(name: str, draft: Draft) -> None:
    """Keeps the draft under that name; the one untouched for longest makes room."""
    others = {key: kept for key, kept in session.get(ENTRY, {}).items() if key != name}
    while len(others) >= KEPT:
        del others[next(iter(others))]
    session[ENTRY] = {**others, name: asdict(draft)}


def discard(name: str) -> None:
    """Forgets it."""
    session[ENTRY] = {key: kept for key, kept in session.get(ENTRY, {}).items() if key != name}
