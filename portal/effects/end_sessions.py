"""Ends somebody's sessions, in Keycloak and here: what was signed in before their account changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.sessions import PortalSession
from portal.services import WorkerServices


@effect(EffectKind.END_SESSIONS)
@dataclass(frozen=True, slots=True)
class EndSessions:
    """The person is to be signed in nowhere."""

    person_id: str

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Keycloak tells the other applications; ours ended with the change, unless begun since."""
        end_here(session, self.person_id)
        try:
            services.writer.end_sessions(self.person_id)
        except PersonNotFound:
            return None
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)


def queue(session: Session, person: Person, at: datetime) -> Effect:
    """Has them ended after what was queued before for the person; somebody waits for it."""
    return queue_effect(session, EndSessions(person.id), person.email.lower(), at, Urgency.AWAITED)


def end_here(session: Session, person_id: str) -> None:
    """Ends the portal's own sessions of the person, in the caller's transaction: needs no Keycloak."""
    session.execute(delete(PortalSession).where(PortalSession.person_id == person_id))
