"""Deletes a service provider cluster from Keycloak; its people stay restricted unless that was lifted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Cluster
from portal.casework.audit_events import Author, cluster_changed
from portal.effects import reroute
from portal.effects.effect import Concern, effect, organisation_key
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.mirrored_clusters import MirroredRestriction
from portal.services import WorkerServices
from portal.store import audit, cluster_mirror, mirror


@effect(EffectKind.DELETE_CLUSTER)
@dataclass(frozen=True, slots=True)
class DeleteCluster:
    """This cluster, as it was when that was asked, is to go.

    With `lift`, who is in no other cluster there is restricted no more.
    """

    commissioner: str
    cluster_id: str
    lift: bool
    short_name: str
    name: str
    description: str
    organisations: tuple[str, ...]
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Deletes it, and reads its people again; a second time finds it gone."""
        services.writer.delete_cluster(self.cluster_id, lift=self.lift)
        here = MirroredRestriction.cluster_id == self.cluster_id
        for person_id in session.scalars(select(MirroredRestriction.person_id).where(here)).all():
            _read_again(services, session, person_id)
        cluster_mirror.forget_cluster(session, self.cluster_id)
        reroute.queue(session, self.commissioner, services.clock())
        listed = frozenset(self.organisations)
        was = Cluster(
            self.commissioner, self.short_name, self.name, self.description, listed, self.cluster_id
        )
        audit.append(session, cluster_changed(self.author, was, None), services.clock())
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.commissioner, self.commissioner)


def of(gone: Cluster, author: Author, *, lift: bool) -> DeleteCluster:
    """The deletion of this cluster."""
    return DeleteCluster(
        gone.commissioner,
        gone.id,
        lift,
        gone.short_name,
        gone.name,
        gone.description,
        tuple(sorted(gone.organisations)),
        author,
    )


def queue(session: Session, payload: DeleteCluster, at: datetime) -> Effect:
    """Has it deleted, in turn with whatever else changes the commissioner; somebody waits for it."""
    return queue_effect(session, payload, organisation_key(payload.commissioner), at, Urgency.AWAITED)


def _read_again(services: WorkerServices, session: Session, person_id: str) -> None:
    try:
        mirror.refresh_person(session, services.reader.standing(person_id))
    except PersonNotFound:
        mirror.forget_person(session, person_id)
