"""What Organisation Administrators do with clusters, for tests of what follows."""

from directory.vocabulary import Cluster, Role
from portal.acts import clusters
from portal.acts.clusters import Deletion
from portal.model.audit import AuditEntry, AuditKind
from portal.rules.actor import ActingAs
from portal.store.queries import people, providers
from tests.portal.acts.removals import entries
from tests.support.builders.world import HERE, SUB_ICB, World

APPROVER = Role.COMMISSIONER_APPROVER


def asked(name: str = "Coast", *codes: str) -> Cluster:
    return Cluster(SUB_ICB, "", name, "By the sea", frozenset(codes))


def make(world: World, who: ActingAs, name: str = "Coast", *codes: str, key: str = "") -> Cluster:
    assert clusters.create(world.services, who, SUB_ICB, key or name, asked(name, *codes), HERE)
    (made,) = [one for one in world.directory.clusters(SUB_ICB) if one.name == name]
    return made


def restrict(world: World, name: str, *made: Cluster) -> None:
    """As User Details will: the person, restricted to these clusters."""
    world.services.writer.restrict(world.people[name].id, SUB_ICB, [one.id for one in made])
    world.mirror(world.people[name].id)


def reached(world: World, name: str, role: Role = APPROVER) -> set[str]:
    """The providers that the person's list shows."""
    with world.sessions() as session:
        standing = people.standing(session, world.people[name].id)
        (held,) = [one for one in standing.holdings if one.role is role]
        return {one.organisation.code for one in providers.listing(session, held).items}


def on_record(world: World, kind: AuditKind) -> list[AuditEntry]:
    """In the order in which they were written."""
    return sorted(entries(world, kind), key=lambda entry: entry.seq)


def delete(world: World, who: ActingAs, cluster: Cluster, *, lift: bool) -> Deletion:
    shown = clusters.preview_deletion(world.services, who, SUB_ICB, cluster.short_name)
    return clusters.delete(world.services, who, SUB_ICB, cluster.short_name, shown.warning, HERE, lift=lift)
