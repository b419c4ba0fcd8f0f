"""A button pressed twice asks once: without a script a page can't keep anybody from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from directory.vocabulary import Role
from portal.acts import clusters
from portal.acts.clusters import Deletion
from portal.model.audit import AuditKind
from portal.rules.actor import ActingAs
from portal.rules.errors import NothingFound, OutOfDate
from portal.services import Services
from tests.portal.acts.removals import entries
from tests.portal.acts.test_forgotten_password import UNA, forget
from tests.portal.acts.user_details import administrator, make_cluster
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB, World


def test_a_cluster_is_changed_once(world: World) -> None:
    """CLU-3: while the first is still to be applied, and once it is; later, or another's, is out of date."""
    oscar, made = administrator(world, Role.ORGANISATION_ADMINISTRATOR), make_cluster(world, "Coast", SINGLE)
    wanted = replace(made, name="Inland", organisations=frozenset({MULTI}))
    away = replace(world.services, wait=lambda _ids: False)
    for _ in range(2):
        assert not clusters.change(away, oscar, made, wanted, HERE)
    world.work()
    assert clusters.change(world.services, oscar, made, wanted, HERE)
    assert len(entries(world, AuditKind.CLUSTER_CHANGED)) == 1
    with pytest.raises(OutOfDate):
        clusters.change(world.services, world.actor("desk", Role.SERVICE_DESK), made, wanted, HERE)
    with pytest.raises(OutOfDate):
        clusters.change(world.services, oscar, made, replace(wanted, name="Moors"), HERE)
    world.services.writer.change_cluster(made.id, "Inland", "Undone in the console", add=[])
    with pytest.raises(OutOfDate):
        clusters.change(world.services, oscar, made, wanted, HERE)
    world.services.writer.change_cluster(made.id, "Inland", made.description, add=[])
    assert clusters.change(world.services, oscar, made, wanted, HERE)
    world.clock.move(timedelta(minutes=1))
    with pytest.raises(OutOfDate):
        clusters.change(world.services, oscar, made, wanted, HERE)


@pytest.mark.parametrize("lift", [False, True])
def test_a_cluster_is_deleted_once(world: World, lift: bool) -> None:
    """CLU-4: likewise; and another answer to the question is another asking."""
    oscar, made = administrator(world, Role.ORGANISATION_ADMINISTRATOR), make_cluster(world, "Coast", SINGLE)
    world.services.writer.restrict(world.people["carol"].id, SUB_ICB, [made.id])
    away = replace(world.services, wait=lambda _ids: False)
    desk = world.actor("desk", Role.SERVICE_DESK)
    shown = clusters.preview_deletion(away, oscar, SUB_ICB, made.short_name)

    def delete(services: Services, who: ActingAs = oscar, lift: bool = lift) -> Deletion:
        return clusters.delete(services, who, SUB_ICB, made.short_name, shown.warning, HERE, lift=lift)

    for _ in range(2):
        assert (delete(away).applied, delete(away).cluster) == (False, made)
    for other in (lambda: delete(away, lift=not lift), lambda: delete(away, desk, lift)):
        with pytest.raises(OutOfDate):
            other()
    world.work()
    assert (delete(world.services).applied, delete(world.services).cluster) == (True, made)
    for kind in (AuditKind.CLUSTER_CHANGE_ASKED, AuditKind.CLUSTER_CHANGED):
        assert len(entries(world, kind)) == 1
    for other in (lambda: delete(away, lift=not lift), lambda: delete(away, desk, lift)):
        with pytest.raises(NothingFound):
            other()
    world.clock.move(timedelta(minutes=1))
    with pytest.raises(NothingFound):
        delete(world.services)


def test_one_link_is_sent(world: World) -> None:
    """The second would end the first; whoever comes back for another gets it."""
    for _ in range(2):
        forget(world, UNA)
    assert world.directory.welcomes == [world.people["una"].id]
    world.clock.move(timedelta(minutes=1))
    forget(world, UNA)
    assert world.directory.welcomes == [world.people["una"].id] * 2
