"""Enables a disabled account: its roles are as they were, less those at organisations that have closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import OrganisationStatus, Person, Role, Standing
from portal.casework.account_now import account_of
from portal.casework.audit_events import Author, role_changed
from portal.casework.office import own_office
from portal.casework.setting_aside import bring_back
from portal.effects import tell_approvers, tell_elsewhere
from portal.effects.account_news import told_the_person
from portal.effects.disable import look_at_queues, roles_of
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import tell
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.notices import NoticeKind
from portal.services import WorkerServices
from portal.store import audit, mirror
from portal.store.locks import Lock, hold

CLOSED = "The organisation closed while the account was disabled"


@effect(EffectKind.ENABLE)
@dataclass(frozen=True, slots=True)
class Enable:
    """The account is to be enabled, as the author asked; `dropped` are the roles known to end with that."""

    person_id: str
    author: Author
    dropped: tuple[tuple[str, Role], ...] = ()

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Takes the roles at closed organisations first, so that they are never held by the enabled."""
        hold(session, Lock.MIRROR, self.person_id)
        try:
            dropped = _drop_closed(services, self.person_id) | set(self.dropped)
            services.writer.set_enabled(self.person_id, True)
            standing = services.reader.standing(self.person_id)
        except PersonNotFound:
            return None
        by = own_office(services, self.author)
        mirror.refresh_person(session, standing)
        for request in bring_back(services, session, standing.person, services.clock()):
            tell_approvers.queue(session, request, services.clock())
        look_at_queues(session, standing, services.clock())
        self._tell(services, session, standing, dropped, by)
        self._record(services, session, dropped)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)

    def _tell(
        self,
        services: WorkerServices,
        session: Session,
        standing: Standing,
        dropped: set[tuple[str, Role]],
        by: str,
    ) -> None:
        person, lost = standing.person, tuple(f"{role.label}, {code}" for code, role in sorted(dropped))
        tell(services, session, person, told_the_person(NoticeKind.ACCOUNT_ENABLED, by, lost=lost))
        held, at = roles_of(standing), services.clock()
        tell_elsewhere.queue(session, person, NoticeKind.ACCOUNT_ENABLED, held, self.author, at)

    def _record(self, services: WorkerServices, session: Session, dropped: set[tuple[str, Role]]) -> None:
        for code, role in sorted(dropped):
            kind = AuditKind.ROLE_REMOVED
            event = role_changed(kind, self.person_id, code, role, True, CLOSED, self.author)
            audit.append(session, event, services.clock())
        audit.append(session, _event(self), services.clock())


def queue(
    session: Session,
    person: Person,
    author: Author,
    dropped: tuple[tuple[str, Role], ...],
    at: datetime,
) -> Effect:
    """Has it enabled, in turn with whatever else concerns the person; somebody waits for it."""
    payload = Enable(person.id, author, dropped)
    return queue_effect(session, payload, person.email.lower(), at, Urgency.AWAITED)


def _drop_closed(services: WorkerServices, person_id: str) -> set[tuple[str, Role]]:
    """Takes what is held at closed organisations; which those were."""
    account = account_of(services, services.reader.standing(person_id))
    dropped = set()
    for held in account.standing.holdings:
        place = account.organisations.get(held.organisation)
        if place and place.status is OrganisationStatus.CLOSED:
            services.writer.remove(person_id, place, held.role)
            dropped.add((place.code, held.role))
    return dropped


def _event(done: Enable) -> AuditEvent:
    return AuditEvent(
        **done.author,
        kind=AuditKind.ACCOUNT_ENABLED,
        subject=done.person_id,
        before={"enabled": False},
        after={"enabled": True},
        reason=f"Enabled by {done.author['actor_name']}",
    )
