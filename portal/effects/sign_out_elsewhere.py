"""Ends sign-ins of a person in Keycloak, as they asked; the portal's own ended with the asking."""

from collections.abc import Collection
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


@effect(EffectKind.SIGN_OUT_ELSEWHERE)
@dataclass(frozen=True, slots=True)
class SignOutElsewhere:
    """These of Keycloak's sessions are to end, where they are the person's."""

    person_id: str
    sessions: tuple[str, ...]

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:  # noqa: ARG002
        """With a person who has gone they have gone too."""
        with suppress(PersonNotFound):
            services.writer.sign_out_of(self.person_id, self.sessions)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)


def queue(session: Session, person: Person, ids: Collection[str], at: datetime) -> Effect:
    """Has them ended. The key is the person's own: nothing that goes wrong for them meanwhile delays it."""
    payload = SignOutElsewhere(person.id, tuple(sorted(ids)))
    return queue_effect(session, payload, f"sessions:{person.id}", at, Urgency.AWAITED)
