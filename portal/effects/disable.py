"""Disables somebody's account: they can't sign in, and have no powers. What they hold stays for later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person, Role, Standing
from portal.casework.audit_events import Author
from portal.casework.office import own_office
from portal.casework.setting_aside import set_aside
from portal.effects import reroute, tell_elsewhere
from portal.effects.account_news import is_own, told_the_person
from portal.effects.effect import Concern, effect, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import tell
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.notices import NoticeKind
from portal.rules.roles import DECIDER_ROLES
from portal.rules.use import is_of_service_desk
from portal.services import WorkerServices
from portal.store import audit, browser_sessions, mirror
from portal.store.locks import Lock, hold


@effect(EffectKind.DISABLE)
@dataclass(frozen=True, slots=True)
class Disable:
    """The account is to be disabled, as the author asked, who may be the person. The reason is in words."""

    person_id: str
    author: Author
    reason: str

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Disables it, ends the sessions here, and sets aside what the person asked for."""
        hold(session, Lock.MIRROR, self.person_id)
        try:
            services.writer.set_enabled(self.person_id, False)
            standing = services.reader.standing(self.person_id)
        except PersonNotFound:
            return None
        at = services.clock()
        by = "You" if is_own(self.author, self.person_id) else own_office(services, self.author)
        mirror.refresh_person(session, standing)
        browser_sessions.end(session, person_id=self.person_id)
        set_aside(session, standing.person, at)
        look_at_queues(session, standing, at)
        self._tell(services, session, standing, by)
        audit.append(session, _event(self), at)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)

    def _tell(self, services: WorkerServices, session: Session, standing: Standing, by: str) -> None:
        desk = is_of_service_desk(standing)
        news = told_the_person(NoticeKind.ACCOUNT_DISABLED, by, self.reason, of_service_desk=desk)
        tell(services, session, standing.person, news)
        held, at = roles_of(standing), services.clock()
        tell_elsewhere.queue(session, standing.person, NoticeKind.ACCOUNT_DISABLED, held, self.author, at)


def queue(session: Session, person: Person, author: Author, reason: str, at: datetime) -> Effect:
    """Has it disabled, in turn with whatever else concerns the person; somebody waits for it."""
    payload = Disable(person.id, author, reason)
    return queue_effect(session, payload, person.email.lower(), at, Urgency.AWAITED)


def under_way(session: Session) -> frozenset[str]:
    """Whose accounts somebody has asked to disable and are not yet."""
    return frozenset(str(row.payload["person_id"]) for row in waiting_for(session, EffectKind.DISABLE))


def look_at_queues(session: Session, standing: Standing, at: datetime) -> None:
    """Has the requests passed on that the person decided, or decides again."""
    for code in sorted({held.organisation for held in standing.holdings if held.role in DECIDER_ROLES}):
        reroute.queue(session, code, at)


def roles_of(standing: Standing) -> tuple[tuple[str, Role], ...]:
    """The person's roles at organisations, each an ODS code and a role, in order."""
    return tuple(sorted((held.organisation, held.role) for held in standing.holdings if held.path))


def _event(done: Disable) -> AuditEvent:
    return AuditEvent(
        **done.author,
        kind=AuditKind.ACCOUNT_DISABLED,
        subject=done.person_id,
        before={"enabled": True},
        after={"enabled": False},
        reason=done.reason or "By the person themselves",
    )
