"""Makes a service provider cluster in Keycloak, which gives it its short name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.casework.audit_events import Author, cluster_changed
from portal.effects.effect import Concern, effect, organisation_key
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.services import WorkerServices
from portal.store import audit, cluster_mirror


@effect(EffectKind.CREATE_CLUSTER)
@dataclass(frozen=True, slots=True)
class CreateCluster:
    """The commissioner of this ODS code is to have this cluster; `key` is the asking's own name."""

    commissioner: str
    key: str
    name: str
    description: str
    organisations: tuple[str, ...]
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Makes it; a second time finds it made."""
        made = services.writer.create_cluster(
            self.commissioner, self.key, self.name, self.description, self.organisations
        )
        cluster_mirror.refresh_cluster(session, made)
        audit.append(session, cluster_changed(self.author, None, made), services.clock())
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.commissioner, self.commissioner)


def queue(session: Session, payload: CreateCluster, at: datetime) -> Effect:
    """Has it made, in turn with whatever else changes the commissioner; somebody waits for it."""
    return queue_effect(session, payload, organisation_key(payload.commissioner), at, Urgency.AWAITED)


def of_key(session: Session, key: str) -> Effect | None:
    """What was queued for this asking, done or not: whoever clicks twice asks once."""
    same = select(Effect).where(
        Effect.kind == EffectKind.CREATE_CLUSTER, Effect.payload["key"].as_string() == key
    )
    return session.scalars(same).first()
