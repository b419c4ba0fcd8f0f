"""Ends somebody's lock after wrong passwords, and tells them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person
from portal.casework.audit_events import Author
from portal.casework.office import own_office
from portal.effects.effect import Concern, effect, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import News, tell
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.services import WorkerServices
from portal.store import audit, mirror
from portal.store.locks import Lock, hold


@effect(EffectKind.UNLOCK)
@dataclass(frozen=True, slots=True)
class EndLock:
    """The person's lock is to be ended, as the author asked."""

    person_id: str
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Ends it. Of a person who has gone, the lock has gone too."""
        hold(session, Lock.MIRROR, self.person_id)  # so that nobody sees it end and thinks that it ran out
        try:
            services.writer.unlock(self.person_id)
            standing = services.reader.standing(self.person_id)
        except PersonNotFound:
            return None
        mirror.refresh_person(session, standing)
        tell(services, session, standing.person, _news(own_office(services, self.author)))
        audit.append(session, _event(self), services.clock())
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)


def queue(session: Session, person: Person, author: Author, at: datetime) -> Effect:
    """Has the lock ended, in turn with whatever else concerns the person; somebody waits for it."""
    return queue_effect(session, EndLock(person.id, author), person.email.lower(), at, Urgency.AWAITED)


def is_under_way(session: Session, person_id: str) -> bool:
    """Whether somebody has asked for it, and it isn't done yet."""
    return bool(waiting_for(session, EffectKind.UNLOCK, person_id=person_id))


def _news(by: str) -> News:
    return News(
        NoticeKind.ACCOUNT_UNLOCKED,
        "Your account",
        MailKind.ACCOUNT_UNLOCKED,
        {"by": by},
        text=f"{by} ended the lock after failed attempts to sign in.",
        about_security=True,
    )


def _event(done: EndLock) -> AuditEvent:
    return AuditEvent(
        **done.author,
        kind=AuditKind.ACCOUNT_UNLOCKED,
        subject=done.person_id,
        before={"locked": True},
        after={"locked": False},
        reason=f"Unlocked by {done.author['actor_name']}",
    )
