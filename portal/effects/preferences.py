"""Keeps in Keycloak whether a person wants our e-mails."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.services import WorkerServices
from portal.store import mirror


@effect(EffectKind.PREFERENCES)
@dataclass(frozen=True, slots=True)
class SetWantsEmail:
    """The person wants our e-mails from now on, or doesn't."""

    person_id: str
    wants: bool

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Writes it; there is nothing to write for an account that has gone."""
        try:
            services.writer.set_wants_email(self.person_id, self.wants)
        except PersonNotFound:
            return None
        mirror.refresh_person(session, services.reader.standing(self.person_id))
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)


def queue(session: Session, person: Person, wants: bool, at: datetime) -> Effect:
    """Has it written, in turn with whatever else concerns the person, who waits for it."""
    return queue_effect(session, SetWantsEmail(person.id, wants), person.email.lower(), at, Urgency.AWAITED)
