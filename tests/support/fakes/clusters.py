"""The clusters of the directory in memory: reading and writing them as Keycloak does."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from directory.contract import ChangeKind
from directory.errors import ClusterNotFound
from directory.vocabulary import Cluster, Restriction
from tests.support.fakes.state import DirectoryState


class FakeClusters(DirectoryState):
    """`_in` has the clusters that each person is in by id, `_marked` where each is restricted at all."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(clock)
        self._clusters: dict[str, Cluster] = {}
        self._made_for: dict[str, str] = {}
        self._last_number: defaultdict[str, int] = defaultdict(int)
        self._in: defaultdict[str, set[str]] = defaultdict(set)
        self._marked: defaultdict[str, set[str]] = defaultdict(set)

    # Building, as in the console

    def join_cluster(self, person_id: str, cluster_id: str) -> None:
        """Puts the person in the cluster's group, and in no other."""
        self._in[self._known(person_id).id].add(self._cluster(cluster_id).id)
        self._note(ChangeKind.MEMBERSHIP, person_id)

    def relist_cluster(self, cluster_id: str, *codes: str) -> None:
        """Has the cluster list these organisations."""
        self._keep(replace(self._cluster(cluster_id), organisations=frozenset(codes)))

    def drop_cluster(self, cluster_id: str) -> None:
        """Deletes the cluster's group."""
        self._forget(cluster_id)
        self._note(ChangeKind.EVERYTHING, "")

    # Reader

    def cluster(self, cluster_id: str) -> Cluster:
        with self._call():
            return self._cluster(cluster_id)

    def clusters(self, commissioner: str) -> list[Cluster]:
        with self._call():
            theirs = [one for one in self._clusters.values() if one.commissioner == commissioner]
            return sorted(theirs, key=lambda one: one.number)

    def all_clusters(self) -> Iterator[Cluster]:
        with self._call():
            return iter(list(self._clusters.values()))

    def restricted(self, commissioner: str) -> dict[str, frozenset[Restriction]]:
        with self._call():
            found = {who: self._restrictions(who, commissioner) for who in self._people}
            return {who: restrictions for who, restrictions in found.items() if restrictions}

    def all_restrictions(self) -> Iterator[tuple[str, Restriction]]:
        with self._call():
            return iter([(who, one) for who in self._people for one in self._restrictions(who)])

    # Writer

    def create_cluster(
        self, commissioner: str, key: str, name: str, description: str, organisations: Collection[str]
    ) -> Cluster:
        with self._call():
            known = self._clusters.get(self._made_for.get(key, ""))
            if known:
                return known
            self._last_number[commissioner] += 1
            short_name = f"{commissioner}-{self._last_number[commissioner]}"
            made = Cluster(
                commissioner, short_name, name, description, frozenset(organisations), str(uuid4())
            )
            self._made_for[key] = made.id
            return self._keep(made)

    def change_cluster(
        self,
        cluster_id: str,
        name: str,
        description: str,
        add: Collection[str] = (),
        remove: Collection[str] = (),
    ) -> Cluster:
        with self._call():
            before = self._cluster(cluster_id)
            listed = (before.organisations | frozenset(add)) - frozenset(remove)
            return self._keep(replace(before, name=name, description=description, organisations=listed))

    def delete_cluster(self, cluster_id: str, lift: Collection[str] = ()) -> None:
        with self._call():
            gone = self._clusters.get(cluster_id)
            if gone is None:
                return
            for person_id in [who for who, theirs in self._in.items() if cluster_id in theirs]:
                self._settle(person_id, gone, lift)
            self._forget(cluster_id)
            self._note(ChangeKind.EVERYTHING, "")

    def restrict(self, person_id: str, commissioner: str, cluster_ids: Collection[str]) -> None:
        with self._call():
            theirs = {one.id for one in self._clusters.values() if one.commissioner == commissioner}
            if unknown := set(cluster_ids) - theirs:
                raise ClusterNotFound(", ".join(sorted(unknown)))
            self._marked[self._known(person_id).id].add(commissioner)
            self._in[person_id] = (self._in[person_id] - theirs) | set(cluster_ids)
            self._note(ChangeKind.MEMBERSHIP, person_id)

    def mark_restricted(self, person_id: str, commissioner: str) -> None:
        with self._call():
            if any(one.cluster_id for one in self._restrictions(self._known(person_id).id, commissioner)):
                self._marked[person_id].add(commissioner)
                self._note(ChangeKind.MEMBERSHIP, person_id)

    def lift_restriction(self, person_id: str, commissioner: str) -> None:
        with self._call():
            self._marked[self._known(person_id).id].discard(commissioner)
            theirs = {one.id for one in self._clusters.values() if one.commissioner == commissioner}
            self._in[person_id] -= theirs
            self._note(ChangeKind.MEMBERSHIP, person_id)

    # Inside

    def _cluster(self, cluster_id: str) -> Cluster:
        if cluster_id not in self._clusters:
            raise ClusterNotFound(cluster_id)
        return self._clusters[cluster_id]

    def _keep(self, cluster: Cluster) -> Cluster:
        is_new = cluster.id not in self._clusters
        self._clusters[cluster.id] = cluster
        self._note(ChangeKind.NEW_ORGANISATION if is_new else ChangeKind.ORGANISATION, cluster.id)
        return cluster

    def _forget(self, cluster_id: str) -> None:
        del self._clusters[cluster_id]
        for theirs in self._in.values():
            theirs.discard(cluster_id)

    def _settle(self, person_id: str, gone: Cluster, lift: Collection[str]) -> None:
        others = {one.cluster_id for one in self._restrictions(person_id, gone.commissioner)} - {"", gone.id}
        if person_id in lift and not others:
            self._marked[person_id].discard(gone.commissioner)
        else:
            self._marked[person_id].add(gone.commissioner)
        self._note(ChangeKind.MEMBERSHIP, person_id)

    def _restrictions(self, person_id: str, commissioner: str = "") -> frozenset[Restriction]:
        marks = {Restriction(code) for code in self._marked[person_id]}
        clusters = [self._clusters[cluster_id] for cluster_id in self._in[person_id]]
        every = marks | {_restriction(one) for one in clusters}
        return frozenset(one for one in every if not commissioner or one.commissioner == commissioner)


def _restriction(one: Cluster) -> Restriction:
    return Restriction(one.commissioner, one.id, one.organisations, one.short_name)
