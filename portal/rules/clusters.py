"""Who may change a service provider cluster, what it may be called, and whom a deletion concerns."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from directory.vocabulary import Cluster, Organisation, Restriction
from portal.rules.actor import Actor
from portal.rules.conditions import Place
from portal.rules.rights import Action, may
from portal.rules.verdict import Refusal, Verdict

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 250


@dataclass(frozen=True, slots=True)
class Affected:
    """Somebody in a cluster that is to go; `keeps` how many organisations their other clusters list."""

    person_id: str
    keeps: int
    in_others: bool


def may_change_clusters(actor: Actor, commissioner: Organisation, cluster: Cluster | None = None) -> Verdict:
    """Whether the actor may make clusters there, or change and delete this one.

    Nobody changes one that they are in themselves, in whatever role: that would change their own access.
    """
    verdict = may(Action.CLUSTERS, actor, Place(commissioner))
    mine = {one.cluster_id for one in actor.standing.restrictions}
    if verdict.allowed and cluster is not None and cluster.id in mine:
        return Verdict(Refusal.YOURSELF)
    return verdict


def folded(name: str) -> str:
    """The name as it is compared: in any case, and with single spaces."""
    return " ".join(name.split()).casefold()


def is_taken(name: str, others: Iterable[str]) -> bool:
    """Whether another cluster of the commissioner is called so."""
    return folded(name) in {folded(other) for other in others}


def affected(cluster: Cluster, restricted: Mapping[str, Collection[Restriction]]) -> tuple[Affected, ...]:
    """Who is in the cluster; `restricted` are all who are restricted at the commissioner."""
    found = []
    for person_id, restrictions in restricted.items():
        theirs = {one.cluster_id: one.organisations for one in restrictions if one.cluster_id}
        if cluster.id in theirs:
            others = [listed for cluster_id, listed in theirs.items() if cluster_id != cluster.id]
            keeps = len(frozenset[str]().union(*others))
            found.append(Affected(person_id, keeps, bool(others)))
    return tuple(sorted(found, key=lambda one: one.person_id))


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change of a cluster's list does to somebody in it, as ODS codes; other clusters are counted."""

    person_id: str
    gains: frozenset[str]
    loses: frozenset[str]
    left_with: int


def shifts(
    before: Cluster, after: Cluster, restricted: Mapping[str, Collection[Restriction]]
) -> tuple[Shift, ...]:
    """What the change does to whom; those to whom it does nothing are left out."""
    found = []
    for one in affected(before, restricted):
        others = frozenset[str]().union(
            *(each.organisations for each in restricted[one.person_id] if each.cluster_id != before.id)
        )
        now, then = before.organisations | others, after.organisations | others
        if now != then:
            found.append(Shift(one.person_id, then - now, now - then, len(then)))
    return tuple(found)
