"""Ends somebody's sessions, in Keycloak and here: what was signed in before their account changed."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.services import WorkerServices
from portal.store import browser_sessions


@effect(EffectKind.END_SESSIONS)
@dataclass(frozen=True, slots=True)
class EndSessions:
    """The person is to be signed in nowhere."""

    person_id: str

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Keycloak tells the other applications; ours ended with the change, unless begun since."""
        browser_sessions.end(session, person_id=self.person_id)
        with suppress(PersonNotFound):
            services.writer.end_sessions(self.person_id)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)


def queue(session: Session, person: Person, at: datetime) -> Effect:
    """Has them ended after what was queued before for the person; somebody waits for it."""
    return queue_effect(session, EndSessions(person.id), person.email.lower(), at, Urgency.AWAITED)
