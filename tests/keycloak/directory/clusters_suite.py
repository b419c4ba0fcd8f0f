"""What every directory does with clusters, on the fake and on a real Keycloak alike (test_contract.py)."""

import time
from datetime import UTC, datetime

import pytest

from directory.contract import ChangeKind
from directory.errors import ClusterNotFound, PersonNotFound
from directory.vocabulary import Cluster, Holding, Organisation, Restriction, Role
from tests.support.directory.scene import Scene, code

NOBODY = "00000000-0000-4000-8000-000000000000"
STAFF = Role.COMMISSIONER_USER


def made(scene: Scene, commissioner: str, *codes: str, name: str = "Coast", key: str = "") -> Cluster:
    return scene.writer.create_cluster(commissioner, key or code(), name, "By the sea", codes)


class ClustersContract:
    """Section 10: clusters, and the people who are restricted to them."""

    def test_made_listed_and_changed(self, scene: Scene) -> None:
        place = scene.sub_icb().code
        assert scene.reader.clusters(place) == []
        first = made(scene, place, "P1", "P2", name='St John\'s / "Quay" & <b>')
        assert (first.commissioner, first.short_name) == (place, f"{place}-1")
        assert (first.name, first.description) == ('St John\'s / "Quay" & <b>', "By the sea")
        assert first.organisations == {"P1", "P2"}
        second = made(scene, place, name="Empty")
        assert scene.reader.clusters(place) == [first, second]
        assert scene.reader.cluster(first.id) == first
        assert {first, second} <= set(scene.reader.all_clusters())
        changed = scene.writer.change_cluster(first.id, "Inland", "", add={"P3"}, remove={"P1", "P9"})
        assert changed == scene.reader.cluster(first.id)
        assert (changed.name, changed.description, changed.short_name) == ("Inland", "", first.short_name)
        assert changed.organisations == {"P2", "P3"}

    def test_two_hundred_organisations(self, scene: Scene) -> None:
        codes = {f"P{number:05}" for number in range(200)}
        one = made(scene, scene.sub_icb().code, *codes)
        assert scene.reader.cluster(one.id).organisations == codes
        assert scene.writer.change_cluster(one.id, one.name, "", remove=codes).organisations == set()

    def test_made_twice_with_one_key_there_is_one(self, scene: Scene) -> None:
        place = scene.sub_icb().code
        one = made(scene, place, "P1", key="the same")
        assert made(scene, place, "P1", key="the same") == one
        assert scene.reader.clusters(place) == [one]

    def test_a_short_name_is_never_given_again(self, scene: Scene) -> None:
        """CLU-1: not that of a deleted cluster either, whoever deleted it."""
        place = scene.sub_icb().code
        first, second = made(scene, place, name="One"), made(scene, place, name="Two")
        scene.writer.delete_cluster(second.id)
        third = made(scene, place, name="Three")
        scene.build.drop_cluster(third.id)
        scene.writer.delete_cluster(first.id)
        assert made(scene, place, name="Four").short_name == f"{place}-4"

    def test_deleted_twice(self, scene: Scene) -> None:
        one = made(scene, scene.sub_icb().code)
        for _ in range(2):
            scene.writer.delete_cluster(one.id)
        with pytest.raises(ClusterNotFound):
            scene.reader.cluster(one.id)
        with pytest.raises(ClusterNotFound):
            scene.writer.change_cluster(one.id, "Name", "")

    def test_what_is_no_cluster(self, scene: Scene) -> None:
        place = scene.sub_icb()
        for wrong in (NOBODY, place.id, "../users"):
            with pytest.raises(ClusterNotFound):
                scene.reader.cluster(wrong)

    def test_restricted_in_standing_and_among_holders(self, scene: Scene) -> None:
        """CLU-4: the standing tells what is left of each role."""
        place, person = _restricted(scene, "P1")
        elsewhere = scene.sub_icb()
        scene.writer.grant(person, elsewhere, STAFF)
        held = {one.organisation: one.only for one in scene.reader.standing(person).holdings}
        assert held == {place.code: frozenset({"P1"}), elsewhere.code: None}
        (holder,) = scene.reader.holders(place, STAFF)
        assert [one.only for one in holder.holdings] == [frozenset({"P1"})]
        assert holder.restrictions == scene.reader.standing(person).restrictions
        assert scene.reader.restricted(place.code) == {person: holder.restrictions}
        every = {one for who, one in scene.reader.all_restrictions() if who == person}
        assert every == holder.restrictions

    def test_in_two_clusters_and_then_in_none(self, scene: Scene) -> None:
        place, person = _restricted(scene, "P1")
        (first,) = scene.reader.clusters(place.code)
        second = made(scene, place.code, "P2", name="Hills")
        scene.writer.restrict(person, place.code, [first.id, second.id])
        assert _only(scene, person, place) == {"P1", "P2"}
        scene.writer.restrict(person, place.code, [second.id])
        assert _only(scene, person, place) == {"P2"}
        scene.writer.restrict(person, place.code, [])
        assert _only(scene, person, place) == set()
        assert scene.reader.standing(person).restrictions == {Restriction(place.code)}
        for _ in range(2):
            scene.writer.lift_restriction(person, place.code)
        assert _only(scene, person, place) is None
        assert scene.reader.restricted(place.code) == {}

    def test_lifted_while_in_clusters(self, scene: Scene) -> None:
        place, person = _restricted(scene, "P1")
        scene.writer.lift_restriction(person, place.code)
        assert scene.reader.standing(person).restrictions == frozenset()

    def test_a_deleted_cluster_widens_nobodys_scope(self, scene: Scene) -> None:
        """CLU-4: who was in it is still restricted, to nothing; also whom the console had put there."""
        place, person = _restricted(scene, "P1")
        by_hand = scene.person((place.code, STAFF)).id
        (one,) = scene.reader.clusters(place.code)
        scene.build.join_cluster(by_hand, one.id)
        assert _only(scene, by_hand, place) == {"P1"}
        scene.writer.delete_cluster(one.id)
        assert [_only(scene, who, place) for who in (person, by_hand)] == [set(), set()]

    def test_one_deleted_in_the_console_widens_nobodys_that_we_restricted(self, scene: Scene) -> None:
        place, person = _restricted(scene, "P1")
        (one,) = scene.reader.clusters(place.code)
        scene.build.drop_cluster(one.id)
        assert _only(scene, person, place) == set()

    def test_whom_the_console_put_in_a_cluster_is_marked(self, scene: Scene) -> None:
        place = scene.sub_icb()
        person = scene.person((place.code, STAFF)).id
        scene.writer.mark_restricted(person, place.code)
        assert _only(scene, person, place) is None
        one = made(scene, place.code, "P1")
        scene.build.join_cluster(person, one.id)
        for _ in range(2):
            scene.writer.mark_restricted(person, place.code)
        scene.build.drop_cluster(one.id)
        assert _only(scene, person, place) == set()

    def test_deleted_with_the_restriction_lifted(self, scene: Scene) -> None:
        """Asked for: who is in another cluster there keeps to that; whoever isn't named stays restricted."""
        place, person = _restricted(scene, "P1")
        (one,) = scene.reader.clusters(place.code)
        other = made(scene, place.code, "P2", name="Hills")
        in_both = scene.person((place.code, STAFF)).id
        scene.writer.restrict(in_both, place.code, [one.id, other.id])
        joined = scene.person((place.code, STAFF)).id
        scene.writer.restrict(joined, place.code, [one.id])
        scene.writer.delete_cluster(one.id, lift=[person, in_both])
        assert _only(scene, person, place) is None
        assert _only(scene, joined, place) == set()
        assert _only(scene, in_both, place) == {"P2"}

    def test_a_cluster_of_another_commissioner_restricts_nobody(self, scene: Scene) -> None:
        place, person = _restricted(scene, "P1")
        other = made(scene, scene.sub_icb().code, "P2")
        with pytest.raises(ClusterNotFound):
            scene.writer.restrict(person, place.code, [other.id])
        assert _only(scene, person, place) == {"P1"}
        for call in (lambda: scene.writer.restrict(NOBODY, place.code, []), lambda: _lift(scene, place)):
            with pytest.raises(PersonNotFound):
                call()

    def test_clusters_are_no_organisations_and_give_nothing(self, scene: Scene) -> None:
        place, person = _restricted(scene, "P1")
        (one,) = scene.reader.clusters(place.code)
        assert one.id not in {organisation.id for organisation in scene.reader.organisations()}
        assert scene.reader.standing(person).holdings == {Holding(STAFF, place.path)}

    def test_changes_are_told(self, scene: Scene) -> None:
        """SYN-7: who is restricted, what a cluster lists, and that one is gone."""
        start, (place, person) = _after(), _restricted(scene, "P1")
        (one,) = scene.reader.clusters(place.code)
        kinds = {(change.kind, change.subject) for change in scene.reader.changes(start)}
        assert {(ChangeKind.NEW_ORGANISATION, one.id), (ChangeKind.MEMBERSHIP, person)} <= kinds
        start = _after()
        scene.writer.change_cluster(one.id, "Inland", "")
        kinds = {(change.kind, change.subject) for change in scene.reader.changes(start)}
        assert (ChangeKind.ORGANISATION, one.id) in kinds
        start = _after()
        scene.writer.delete_cluster(one.id)
        assert ChangeKind.EVERYTHING in {change.kind for change in scene.reader.changes(start)}


def _restricted(scene: Scene, *codes: str) -> tuple[Organisation, str]:
    """A commissioner, and the id of somebody there who is restricted to a cluster of these codes."""
    place = scene.sub_icb()
    person = scene.person((place.code, STAFF)).id
    scene.writer.restrict(person, place.code, [made(scene, place.code, *codes).id])
    return place, person


def _only(scene: Scene, person_id: str, place: Organisation) -> frozenset[str] | None:
    (held,) = [one for one in scene.reader.standing(person_id).holdings if one.path == place.path]
    return held.only


def _lift(scene: Scene, place: Organisation) -> None:
    scene.writer.lift_restriction(NOBODY, place.code)


def _after() -> datetime:
    """A moment after everything that has changed so far, in whole milliseconds, as Keycloak keeps time."""
    time.sleep(0.002)
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
