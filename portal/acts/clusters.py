"""An Organisation Administrator, or the Service Desk, makes, changes and deletes clusters."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from directory.concurrently import concurrently
from directory.vocabulary import Cluster, Organisation
from portal.acts.origin import Origin
from portal.casework.audit_events import author, cluster_facts
from portal.casework.current_state import actor_now, organisation_now
from portal.effects import change_cluster, create_cluster, delete_cluster
from portal.effects.effect import waiting_for
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind
from portal.rules.actor import ActingAs, Actor
from portal.rules.clusters import Affected, Shift, affected, is_taken, may_change_clusters, shifts
from portal.rules.errors import NameTaken, NotAllowed, NothingFound, OutOfDate
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold
from portal.store.queries.clusters import not_below

OTHERS = "+"
"""In a deletion's warning: this person is in other clusters of the commissioner too."""
KINDS = (EffectKind.CREATE_CLUSTER, EffectKind.CHANGE_CLUSTER, EffectKind.DELETE_CLUSTER)


@dataclass(frozen=True, slots=True)
class Clusters:
    """A commissioner's clusters as Keycloak has them, with who looks; `waiting`: changes not yet made."""

    actor: Actor
    commissioner: Organisation
    clusters: tuple[Cluster, ...]
    waiting: tuple[Effect, ...] = ()

    def named(self, short_name: str) -> Cluster:
        """The cluster of this short name, that the actor may change. Raises NothingFound, NotAllowed."""
        found = next((one for one in self.clusters if one.short_name == short_name), None)
        if found is None:
            raise NothingFound(short_name)
        _demand(self.actor, self.commissioner, found)
        return found

    def has_changed(self, seen: Cluster) -> bool:
        """Whether it is, or is about to be, other than it was seen. Raises NothingFound, NotAllowed."""
        coming = any(row.payload.get("cluster_id") == seen.id for row in self.waiting)
        return self.named(seen.short_name) != seen or coming

    def is_going(self, seen: Cluster) -> bool:
        """Whether somebody has asked to delete it."""
        going = [row.payload for row in self.waiting if row.kind is EffectKind.DELETE_CLUSTER]
        return any(one["cluster_id"] == seen.id for one in going)

    def is_taken(self, name: str, but: str = "") -> bool:
        """Whether a cluster, present or about to be, other than the one of this id is called so."""
        names = [one.name for one in self.clusters if one.id != but]
        coming = [row.payload for row in self.waiting if row.payload.get("cluster_id") != but or not but]
        return is_taken(name, [*names, *(str(one["name"]) for one in coming)])


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting a cluster would mean; `applied` whether Keycloak has done it already."""

    commissioner: Organisation
    cluster: Cluster
    people: tuple[Affected, ...]
    applied: bool = False

    @property
    def gainers(self) -> tuple[Affected, ...]:
        """Who would see everything below the commissioner if the restriction were lifted with it."""
        return tuple(one for one in self.people if not one.in_others)

    @property
    def warning(self) -> str:
        """What the confirmation has to say again: who is in it, and who in no other."""
        return " ".join(f"{one.person_id}{OTHERS if one.in_others else ''}" for one in self.people)


def look(services: Services, asked_by: ActingAs, code: str) -> Clusters:
    """The commissioner's clusters, for somebody who may change them. Raises NotAllowed, NothingFound."""
    actor, commissioner, found = concurrently(
        lambda: actor_now(services, asked_by),
        lambda: organisation_now(services, code),
        lambda: services.reader.clusters(code),
    )
    _demand(actor, commissioner)
    return Clusters(actor, commissioner, tuple(found))


def create(
    services: Services, asked_by: ActingAs, code: str, key: str, asked: Cluster, origin: Origin
) -> bool:
    """Has the cluster made, and waits a little for it; whether Keycloak has it already.

    `key` is the caller's name for the asking: asked twice by one, there is one cluster. Raises NotAllowed,
    NothingFound, and NameTaken.
    """
    with services.sessions.begin() as session:
        scene = _look_to_change(services, session, asked_by, code)
        if (before := create_cluster.of_key(session, key)) is not None:
            return services.wait([before.id])
        if scene.is_taken(asked.name):
            raise NameTaken(asked.name)
        _demand_below(session, code, asked.organisations)
        at, by = services.clock(), author(scene.actor, origin.address)
        listed = tuple(sorted(asked.organisations))
        payload = create_cluster.CreateCluster(code, key, asked.name, asked.description, listed, by)
        effect = create_cluster.queue(session, payload, at)
        audit.append(session, _event(scene, None, replace(asked, commissioner=code), origin), at)
    return services.wait([effect.id])


def change(services: Services, asked_by: ActingAs, seen: Cluster, wanted: Cluster, origin: Origin) -> bool:
    """Has the cluster changed from what was `seen` to what is `wanted`; whether Keycloak has it already.

    Two clicks ask once. Raises NotAllowed, NothingFound, NameTaken, and OutOfDate when it isn't any more as
    it was seen.
    """
    with services.sessions.begin() as session:
        scene = _look_to_change(services, session, asked_by, seen.commissioner)
        at, by = services.clock(), author(scene.actor, origin.address)
        asked = change_cluster.between(seen, wanted, by)
        if scene.has_changed(seen):
            effect = change_cluster.asked_before(session, asked, at)
            if effect is None or (effect.done_at and scene.named(seen.short_name) != wanted):
                raise OutOfDate(seen.short_name)
        else:
            _demand_fit(session, scene, seen, wanted)
            effect = change_cluster.queue(session, asked, at)
            audit.append(session, _event(scene, seen, wanted, origin), at)
    return services.wait([effect.id])


def preview_change(services: Services, seen: Cluster, wanted: Cluster) -> tuple[Shift, ...]:
    """What the people in the cluster would gain and lose, for whoever may change it."""
    if seen.organisations == wanted.organisations:
        return ()
    return shifts(seen, wanted, services.reader.restricted(seen.commissioner))


def preview_deletion(services: Services, asked_by: ActingAs, code: str, short_name: str) -> Deletion:
    """Whom it would concern. Raises NotAllowed, NothingFound."""
    return _deletion(services, look(services, asked_by, code), short_name)


def delete(
    services: Services,
    asked_by: ActingAs,
    code: str,
    short_name: str,
    confirmed: str,
    origin: Origin,
    *,
    lift: bool,
) -> Deletion:
    """Has the cluster deleted, and waits a little for it.

    Its people stay restricted unless `lift`, which asks to restrict those no more who are confirmed to be in
    no other there. Raises NotAllowed, NothingFound, and OutOfDate when the people are no longer those
    confirmed, or another deletes it at this moment.
    """
    lifted = _gainers(confirmed) if lift else ()
    with services.sessions.begin() as session:
        scene = _look_to_change(services, session, asked_by, code)
        at, by = services.clock(), author(scene.actor, origin.address)
        before = delete_cluster.asked_before(session, code, short_name, lifted, by, at)
        if before is not None:
            deletion, effect = Deletion(scene.commissioner, before[0], ()), before[1]
        else:
            deletion = _deletion(services, scene, short_name)
            if deletion.warning != confirmed or scene.is_going(deletion.cluster):
                raise OutOfDate(short_name)
            effect = delete_cluster.queue(session, delete_cluster.of(deletion.cluster, by, lifted), at)
            audit.append(session, _event(scene, deletion.cluster, None, origin, lifted), at)
    return replace(deletion, applied=services.wait([effect.id]))


def _gainers(confirmed: str) -> tuple[str, ...]:
    """Those of a warning who are in no other cluster."""
    return tuple(one for one in confirmed.split() if not one.endswith(OTHERS))


def _look_to_change(services: Services, session: Session, asked_by: ActingAs, code: str) -> Clusters:
    """One at a time of each commissioner; first what is under way and then Keycloak."""
    hold(session, Lock.CLUSTERS, code)
    waiting = [row for kind in KINDS for row in waiting_for(session, kind, commissioner=code)]
    return replace(look(services, asked_by, code), waiting=tuple(waiting))


def _deletion(services: Services, scene: Clusters, short_name: str) -> Deletion:
    cluster = scene.named(short_name)
    people = affected(cluster, services.reader.restricted(scene.commissioner.code))
    return Deletion(scene.commissioner, cluster, people)


def _demand(actor: Actor, commissioner: Organisation, cluster: Cluster | None = None) -> None:
    verdict = may_change_clusters(actor, commissioner, cluster)
    if not verdict.allowed:
        raise NotAllowed(verdict)


def _demand_fit(session: Session, scene: Clusters, now: Cluster, wanted: Cluster) -> None:
    """Raises NameTaken, NothingFound."""
    if scene.is_taken(wanted.name, but=now.id):
        raise NameTaken(wanted.name)
    _demand_below(session, now.commissioner, wanted.organisations - now.organisations)


def _demand_below(session: Session, code: str, added: Collection[str]) -> None:
    """By the mirror: an organisation elsewhere gives nobody anything, as long as it stays there."""
    if strange := not_below(session, code, added):
        raise NothingFound(", ".join(sorted(strange)))


def _event(
    scene: Clusters, before: Cluster | None, after: Cluster | None, origin: Origin, lifted: Iterable[str] = ()
) -> AuditEvent:
    known = before or after
    return AuditEvent(
        **author(scene.actor, origin.address),
        kind=AuditKind.CLUSTER_CHANGE_ASKED,
        subject=(known.short_name if known else "") or scene.commissioner.code,
        organisation_code=scene.commissioner.code,
        before=cluster_facts(before),
        after=cluster_facts(after) | {"lifted": list(lifted)},
    )
