"""CLU-4: a cluster that goes frees nobody whom the person who deletes it wasn't asked about."""

from dataclasses import replace

import pytest

from portal.acts import clusters
from portal.effects.effect import waiting_for
from portal.mirroring.reconcile import reconcile
from portal.model.audit import AuditKind
from portal.model.effects import EffectKind
from portal.rules.actor import ActingAs
from portal.rules.errors import OutOfDate
from tests.portal.acts.cluster_acts import delete, make, on_record, reached, restrict
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB, World


def test_what_is_deleted_or_emptied_widens_nobodys_scope(world: World, oscar: ActingAs) -> None:
    """CLU-4."""
    made = make(world, oscar, "Coast", SINGLE)
    restrict(world, "carol", made)
    clusters.change(world.services, oscar, made, replace(made, organisations=frozenset()), HERE)
    assert reached(world, "carol") == set()
    delete(world, oscar, world.directory.cluster(made.id), lift=False)
    assert reached(world, "carol") == set()
    reconcile(world.services)
    assert reached(world, "carol") == set()


def test_who_would_gain_is_said_and_asked(world: World, oscar: ActingAs) -> None:
    """CLU-4: lifted for those who are in no other cluster, and for no others."""
    made, other = make(world, oscar, "Coast", SINGLE), make(world, oscar, "Hills", MULTI)
    restrict(world, "carol", made)
    restrict(world, "chris", made, other)
    shown = clusters.preview_deletion(world.services, oscar, SUB_ICB, made.short_name)
    assert {one.person_id for one in shown.people} == {world.people[n].id for n in ("carol", "chris")}
    assert [one.person_id for one in shown.gainers] == [world.people["carol"].id]
    assert delete(world, oscar, made, lift=True).applied
    assert reached(world, "carol") == {SINGLE, MULTI, "P004"}
    assert reached(world, "chris") == {MULTI}
    (*_, asked_for) = on_record(world, AuditKind.CLUSTER_CHANGE_ASKED)
    assert asked_for.after["lifted"] == [world.people["carol"].id]


def test_what_is_deleted_meanwhile_frees_nobody_who_was_not_asked_about(
    world: World, oscar: ActingAs
) -> None:
    """CLU-4: who is in both clusters keeps to the other, said each page, and the first was not yet gone."""
    made, other = make(world, oscar, "Coast", SINGLE), make(world, oscar, "Hills", MULTI)
    restrict(world, "carol", made, other)
    restrict(world, "chris", other)
    away = replace(world.services, wait=lambda _ids: False)
    for gone in (made, other):
        shown = clusters.preview_deletion(away, oscar, SUB_ICB, gone.short_name)
        clusters.delete(away, oscar, SUB_ICB, gone.short_name, shown.warning, HERE, lift=True)
    world.work()
    assert world.directory.clusters(SUB_ICB) == []
    assert reached(world, "carol") == set()
    assert reached(world, "chris") == {SINGLE, MULTI, "P004"}
    assert on_record(world, AuditKind.CLUSTER_CHANGE_ASKED)[-1].after["lifted"] == [world.people["chris"].id]


def test_a_deletion_queued_before_it_named_them_lifts_nobodys(world: World, oscar: ActingAs) -> None:
    made = make(world, oscar, "Coast", SINGLE)
    restrict(world, "carol", made)
    away = replace(world.services, wait=lambda _ids: False)
    shown = clusters.preview_deletion(away, oscar, SUB_ICB, made.short_name)
    clusters.delete(away, oscar, SUB_ICB, made.short_name, shown.warning, HERE, lift=True)
    with world.sessions.begin() as session:
        (row,) = waiting_for(session, EffectKind.DELETE_CLUSTER)
        old = {name: fact for name, fact in row.payload.items() if name != "lifted"}
        row.payload = old | {"lift": True}
    world.work()
    assert world.directory.clusters(SUB_ICB) == []
    assert reached(world, "carol") == set()


def test_somebody_who_joins_meanwhile_is_shown_before_it_goes(world: World, oscar: ActingAs) -> None:
    made = make(world, oscar, "Coast", SINGLE)
    warning = clusters.preview_deletion(world.services, oscar, SUB_ICB, made.short_name).warning
    restrict(world, "carol", made)
    with pytest.raises(OutOfDate):
        clusters.delete(world.services, oscar, SUB_ICB, made.short_name, warning, HERE, lift=True)
    assert world.directory.cluster(made.id)
