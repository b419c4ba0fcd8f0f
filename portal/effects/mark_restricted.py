"""Marks somebody whom the console put in a cluster as restricted, whatever becomes of the cluster."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from portal.effects.effect import Concern, effect, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.model.effects import EffectKind
from portal.services import WorkerServices
from portal.store import mirror


@effect(EffectKind.MARK_RESTRICTED)
@dataclass(frozen=True, slots=True)
class MarkRestricted:
    """The person is in a cluster of the commissioner of this ODS code."""

    person_id: str
    commissioner: str

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Marks whoever is still in one."""
        try:
            services.writer.mark_restricted(self.person_id, self.commissioner)
            mirror.refresh_person(session, services.reader.standing(self.person_id))
        except PersonNotFound:
            mirror.forget_person(session, self.person_id)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id, self.commissioner)


def queue(session: Session, person_id: str, commissioner: str, at: datetime) -> None:
    """Has the person marked, unless that waits already."""
    payload = MarkRestricted(person_id, commissioner)
    if not waiting_for(session, EffectKind.MARK_RESTRICTED, person_id=person_id, commissioner=commissioner):
        queue_effect(session, payload, f"restricted:{person_id}", at)
