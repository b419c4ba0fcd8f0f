"""Service provider clusters as Keycloak's groups: `/clusters/<commissioner>/<short name>`.

The members of a cluster's group are the people restricted to it. Those of the commissioner's own group are
restricted there whatever clusters there are: it is the mark that outlives a deleted cluster.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Any

from directory import groups
from directory.admin_session import AdminSession
from directory.concurrently import concurrently
from directory.errors import ClusterNotFound, NotThere, PersonNotFound
from directory.paging import Row, in_parallel
from directory.translate import CLUSTERS, cluster, cluster_place
from directory.vocabulary import Cluster, Restriction

_FULL: dict[str, Any] = {"max": -1, "briefRepresentation": "false", "subGroupsCount": "false"}


def home(session: AdminSession, commissioner: str) -> Row | None:
    """The group that holds the commissioner's clusters; None before it has had any."""
    found: Row | None = session.get_or_none("group-by-path", CLUSTERS, commissioner)
    return found


def by_id(session: AdminSession, cluster_id: str) -> Cluster:
    """Raises ClusterNotFound."""
    found = cluster(session.get("groups", cluster_id, missing=ClusterNotFound))
    if found is None:
        raise ClusterNotFound(cluster_id)
    return found


def within(session: AdminSession, home_id: str) -> list[Row]:
    """The full groups of a commissioner's clusters."""
    children: list[Row] = session.get("groups", home_id, "children", missing=ClusterNotFound, **_FULL)
    return children


def of_commissioner(session: AdminSession, commissioner: str) -> list[Cluster]:
    """In the order in which they were made."""
    at = home(session, commissioner)
    found = [one for group in within(session, at["id"]) if (one := cluster(group))] if at else []
    return sorted(found, key=lambda one: (one.number, one.short_name))


def all_clusters(session: AdminSession) -> Iterator[Cluster]:
    """Everybody's."""
    for _, found in in_parallel(lambda at: within(session, at["id"]), _homes(session)):
        yield from (one for group in found if (one := cluster(group)))


def restricted(session: AdminSession, commissioner: str) -> dict[str, frozenset[Restriction]]:
    """Who is restricted at the commissioner, by person's id."""
    at = home(session, commissioner)
    pairs = sorted(_members(session, _restrictions_at(session, at)), key=_who) if at else []
    return {who: frozenset(one for _, one in theirs) for who, theirs in groupby(pairs, _who)}


def all_restrictions(session: AdminSession) -> Iterator[tuple[str, Restriction]]:
    """Every restriction of everybody, each with its person's id."""
    marks_and_clusters = in_parallel(lambda at: _restrictions_at(session, at), _homes(session))
    return _members(session, [one for _, found in marks_and_clusters for one in found])


def of_groups(session: AdminSession, joined: Iterable[Row]) -> frozenset[Restriction]:
    """What restricts somebody who has joined these groups."""
    places = [(group, place) for group in joined if (place := cluster_place(group["path"]))]
    calls = [partial(_restriction, session, group["id"], *place) for group, place in places]
    return frozenset(concurrently(*calls)) if calls else frozenset()


def joined(session: AdminSession, person_id: str) -> list[Row]:
    """The groups that somebody is in. Raises PersonNotFound."""
    found: list[Row] = session.get("users", person_id, "groups", missing=PersonNotFound, max=-1)
    return found


def _restriction(session: AdminSession, group_id: str, commissioner: str, short_name: str) -> Restriction:
    """A cluster that goes while we look lists nothing any more, and restricts all the same."""
    if not short_name:
        return Restriction(commissioner)
    try:
        return _of_cluster(by_id(session, group_id))
    except ClusterNotFound:
        return Restriction(commissioner, group_id, short_name=short_name)


def _of_cluster(one: Cluster) -> Restriction:
    return Restriction(one.commissioner, one.id, one.organisations, one.short_name)


def _homes(session: AdminSession) -> list[Row]:
    root = session.get_or_none("group-by-path", CLUSTERS)
    found: list[Row] = session.get("groups", root["id"], "children", **_FULL) if root else []
    return found


def _restrictions_at(session: AdminSession, at: Row) -> list[tuple[str, Restriction]]:
    """Each restriction at a commissioner with the id of the group whose members have it."""
    found = [one for group in within(session, at["id"]) if (one := cluster(group))]
    mark = (str(at["id"]), Restriction(str(at["name"])))
    return [mark, *((one.id, _of_cluster(one)) for one in found)]


def _members(
    session: AdminSession, restrictions: Iterable[tuple[str, Restriction]]
) -> Iterator[tuple[str, Restriction]]:
    for (_, one), people in in_parallel(lambda each: _members_of(session, each[0]), restrictions):
        yield from ((str(user["id"]), one) for user in people)


def _members_of(session: AdminSession, group_id: str) -> list[Row]:
    try:
        return groups.members(session, group_id, brief=True)
    except NotThere:  # deleted since
        return []


def _who(pair: tuple[str, Restriction]) -> str:
    return pair[0]
