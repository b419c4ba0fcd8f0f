"""CLU-4: what a change of a cluster does to the people in it, as it is said before it happens."""

from dataclasses import replace

from directory.vocabulary import Cluster, Restriction
from portal.rules.clusters import Shift, shifts

COAST = Cluster("01A", "01A-1", "Coast", "", frozenset({"P1", "P2"}), "coast")
MARK = Restriction("01A")


def by(cluster: Cluster) -> Restriction:
    return Restriction("01A", cluster.id, cluster.organisations, cluster.short_name)


def test_others_clusters_are_counted_and_those_to_whom_it_does_nothing_left_out() -> None:
    hills = Cluster("01A", "01A-2", "Hills", "", frozenset({"P2", "P3"}), "hills")
    restricted = {
        "alone": {MARK, by(COAST)},
        "both": {MARK, by(COAST), by(hills)},
        "elsewhere": {MARK, by(hills)},
        "marked": {MARK},
    }
    after = replace(COAST, organisations=frozenset({"P1", "P3"}))
    assert shifts(COAST, after, restricted) == (Shift("alone", frozenset({"P3"}), frozenset({"P2"}), 2),)
    emptied = replace(COAST, organisations=frozenset())
    assert shifts(COAST, emptied, restricted) == (
        Shift("alone", frozenset(), frozenset({"P1", "P2"}), 0),
        Shift("both", frozenset(), frozenset({"P1"}), 2),
    )
    assert shifts(COAST, COAST, restricted) == ()
