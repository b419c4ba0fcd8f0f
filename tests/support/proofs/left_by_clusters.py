"""What clusters leave to the worker."""

from dataclasses import replace

from directory.vocabulary import Cluster, Role
from portal.acts import clusters
from portal.mirroring.clusters import mark_restricted
from portal.rules.actor import ActingAs
from portal.services import Services
from tests.support.builders.world import HERE, World


def _administrator(world: World) -> ActingAs:
    role = Role.ORGANISATION_ADMINISTRATOR
    return ActingAs(world.person("oscar@a01.example", ("A01", role)).id, world.holding("A01", role))


def a_cluster(world: World, *members: str) -> Cluster:
    made = world.services.writer.create_cluster("A01", "key", "Coast", "", ["P001"])
    for who in members:
        world.services.writer.restrict(world.people[who].id, "A01", [made.id])
        world.mirror(world.people[who].id)
    return made


def making_a_cluster(world: World, away: Services) -> None:
    asked = Cluster("A01", "", "Coast", "By the sea", frozenset({"P001", "P004"}))
    clusters.create(away, _administrator(world), "A01", "key", asked, HERE)


def changing_a_cluster(world: World, away: Services) -> None:
    """Its only approver's queue becomes another's."""
    before = a_cluster(world, "carol")
    after = replace(before, name="Hills", organisations=frozenset({"P002"}))
    clusters.change(away, _administrator(world), before, after, HERE)


def deleting_a_cluster(world: World, away: Services) -> None:
    _delete(world, away, lift=False)


def lifting_with_a_cluster(world: World, away: Services) -> None:
    _delete(world, away, lift=True)


def _delete(world: World, away: Services, *, lift: bool) -> None:
    gone, who = a_cluster(world, "carol", "chris"), _administrator(world)
    asked = clusters.preview_deletion(away, who, "A01", gone.short_name)
    clusters.delete(away, who, "A01", gone.short_name, asked.warning, HERE, lift=lift)


def put_in_a_cluster_by_hand(world: World, away: Services) -> None:
    world.directory.join_cluster(world.people["carol"].id, a_cluster(world).id)
    world.mirror(world.people["carol"].id)
    mark_restricted(away)
