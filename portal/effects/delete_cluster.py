"""Deletes a service provider cluster from Keycloak; its people stay restricted but for those confirmed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Cluster
from portal.casework.audit_events import Author, cluster_changed
from portal.effects import reroute
from portal.effects.effect import Concern, effect, lately, organisation_key, payload_of
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.mirrored_clusters import MirroredRestriction
from portal.services import WorkerServices
from portal.store import audit, cluster_mirror, mirror


@effect(EffectKind.DELETE_CLUSTER)
@dataclass(frozen=True, slots=True)
class DeleteCluster:
    """This cluster, as it was when that was asked, is to go.

    Those of `lifted` who are in no other cluster there are restricted no more: the ids of the people for
    whom that was confirmed. Before they were named, a payload had `lift` alone: it lifts nobody.
    """

    commissioner: str
    cluster_id: str
    short_name: str
    name: str
    description: str
    organisations: tuple[str, ...]
    author: Author
    lifted: tuple[str, ...] = ()

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Deletes it, and reads its people again; a second time finds it gone."""
        services.writer.delete_cluster(self.cluster_id, self.lifted)
        here = MirroredRestriction.cluster_id == self.cluster_id
        for person_id in session.scalars(select(MirroredRestriction.person_id).where(here)).all():
            _read_again(services, session, person_id)
        cluster_mirror.forget_cluster(session, self.cluster_id)
        reroute.queue(session, self.commissioner, services.clock())
        audit.append(session, cluster_changed(self.author, self.was, None), services.clock())
        return None

    @property
    def was(self) -> Cluster:
        listed = frozenset(self.organisations)
        return Cluster(
            self.commissioner, self.short_name, self.name, self.description, listed, self.cluster_id
        )

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.commissioner, self.commissioner)


def of(gone: Cluster, author: Author, lifted: Collection[str]) -> DeleteCluster:
    """The deletion of this cluster, with the restriction of these people."""
    return DeleteCluster(
        gone.commissioner,
        gone.id,
        gone.short_name,
        gone.name,
        gone.description,
        tuple(sorted(gone.organisations)),
        author,
        tuple(sorted(lifted)),
    )


def queue(session: Session, payload: DeleteCluster, at: datetime) -> Effect:
    """Has it deleted, in turn with whatever else changes the commissioner; somebody waits for it."""
    return queue_effect(session, payload, organisation_key(payload.commissioner), at, Urgency.AWAITED)


def asked_before(
    session: Session,
    commissioner: str,
    short_name: str,
    lifted: Collection[str],
    author: Author,
    at: datetime,
) -> tuple[Cluster, Effect] | None:
    """The same deletion, asked for just before by the same person, and of which cluster: it may be gone."""
    for row in lately(session, EffectKind.DELETE_CLUSTER, organisation_key(commissioner), at):
        asked = payload_of(row)
        assert isinstance(asked, DeleteCluster)  # noqa: S101 - for the type checker: it is of this kind
        if (asked.short_name, asked.author, set(asked.lifted)) == (short_name, author, set(lifted)):
            return asked.was, row
    return None


def _read_again(services: WorkerServices, session: Session, person_id: str) -> None:
    try:
        mirror.refresh_person(session, services.reader.standing(person_id))
    except PersonNotFound:
        mirror.forget_person(session, person_id)
