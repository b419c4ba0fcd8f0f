"""Changes a service provider cluster in Keycloak, and who decides with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import ClusterNotFound
from directory.vocabulary import Cluster
from portal.casework.audit_events import Author, cluster_changed
from portal.effects import reroute
from portal.effects.effect import Concern, effect, organisation_key
from portal.effects.effect import asked_before as effect_asked_before
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.services import WorkerServices
from portal.store import audit, cluster_mirror


@effect(EffectKind.CHANGE_CLUSTER)
@dataclass(frozen=True, slots=True)
class ChangeCluster:
    """The cluster of this id is to be called so; ODS codes to add to it, and to take off.

    What it was called before is kept for the record: a second try finds it changed.
    """

    commissioner: str
    cluster_id: str
    name: str
    description: str
    add: tuple[str, ...]
    remove: tuple[str, ...]
    old_name: str
    old_description: str
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Changes it; nothing is left to do for one that is gone."""
        try:
            after = services.writer.change_cluster(
                self.cluster_id, self.name, self.description, self.add, self.remove
            )
        except ClusterNotFound:
            cluster_mirror.forget_cluster(session, self.cluster_id)
            return None
        cluster_mirror.refresh_cluster(session, after)
        if self.add or self.remove:
            reroute.queue(session, self.commissioner, services.clock())
        listed = (after.organisations - set(self.add)) | set(self.remove)
        before = replace(after, name=self.old_name, description=self.old_description, organisations=listed)
        audit.append(session, cluster_changed(self.author, before, after), services.clock())
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.commissioner, self.commissioner)


def between(before: Cluster, after: Cluster, author: Author) -> ChangeCluster:
    """What makes the one cluster the other."""
    return ChangeCluster(
        before.commissioner,
        before.id,
        after.name,
        after.description,
        tuple(sorted(after.organisations - before.organisations)),
        tuple(sorted(before.organisations - after.organisations)),
        before.name,
        before.description,
        author,
    )


def queue(session: Session, payload: ChangeCluster, at: datetime) -> Effect:
    """Has it changed, in turn with whatever else changes the commissioner; somebody waits for it."""
    return queue_effect(session, payload, organisation_key(payload.commissioner), at, Urgency.AWAITED)


def asked_before(session: Session, payload: ChangeCluster, at: datetime) -> Effect | None:
    """The same change, asked for just before by the same person."""
    return effect_asked_before(session, payload, organisation_key(payload.commissioner), at)
