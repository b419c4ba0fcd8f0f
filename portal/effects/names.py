"""Gives a person other names in Keycloak, as they asked or as the rule demands; what waits is renamed too."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person
from portal.casework.audit_events import Author
from portal.effects.effect import Concern, effect, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.rules.names import taken
from portal.services import WorkerServices
from portal.store import audit, mirror
from portal.store.applicants import follow_applicant


@dataclass(frozen=True, slots=True)
class Names:
    """What somebody is called."""

    first_name: str
    last_name: str

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


@effect(EffectKind.NAMES)
@dataclass(frozen=True, slots=True)
class SetNames:
    """The person is called so from now on, and was called otherwise `before`."""

    person_id: str
    before: Names
    after: Names
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Writes it; there is nothing to write for an account that has gone."""
        try:
            services.writer.set_names(self.person_id, self.after.first_name, self.after.last_name)
            standing = services.reader.standing(self.person_id)
        except PersonNotFound:
            return None
        mirror.refresh_person(session, standing)
        follow_applicant(session, standing.person)
        audit.append(session, _event(self), services.clock())
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)


def correct(session: Session, person: Person, author: Author, at: datetime) -> None:
    """Has names from before the rule corrected: as long as one stands, Keycloak changes nothing else.

    It comes before whatever is queued next for the person, and is on record as the author's. Names that the
    person is about to get are by the rule, and stay.
    """
    after = Names(taken(person.first_name), taken(person.last_name))
    if after == Names(person.first_name, person.last_name):
        return
    if not waiting_for(session, EffectKind.NAMES, person_id=person.id):
        queue(session, person, after, author, at)


def queue(session: Session, person: Person, after: Names, author: Author, at: datetime) -> Effect:
    """Has it written, in turn with whatever else concerns the person, who waits for it."""
    payload = SetNames(person.id, Names(person.first_name, person.last_name), after, author)
    return queue_effect(session, payload, person.email.lower(), at, Urgency.AWAITED)


def _event(done: SetNames) -> AuditEvent:
    # What they were called before is what they were when they asked: this may be a second try.
    return AuditEvent(
        **done.author,
        kind=AuditKind.NAMES_CHANGED,
        subject=done.person_id,
        before={"name": str(done.before)},
        after={"name": str(done.after)},
    )
