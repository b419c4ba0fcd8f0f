"""Takes every role from a person. The account stays: they can sign in and request access."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person, Role, Standing
from portal.casework.audit_events import Author, role_changed
from portal.casework.current_state import organisation_now
from portal.casework.office import own_office
from portal.effects import parked, reroute, tell_elsewhere
from portal.effects.account_news import told_the_person
from portal.effects.effect import Concern, effect, payload_of, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import tell
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.notices import NoticeKind
from portal.rules.errors import NothingFound
from portal.rules.roles import APPROVER_ROLES
from portal.services import WorkerServices
from portal.store import audit, browser_sessions, mirror
from portal.store.locks import Lock, hold
from portal.store.queries.audit import given_since


@effect(EffectKind.REVOKE)
@dataclass(frozen=True, slots=True)
class Revoke:
    """These roles, each an ODS code and a role, are to go: all that the person held when the author asked.

    `coming` are those among them that were only on their way then, at `asked_at`.
    """

    person_id: str
    author: Author
    roles: tuple[tuple[str, Role], ...]
    coming: tuple[tuple[str, Role], ...] = ()
    asked_at: datetime | None = None

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Takes them one by one. Where the person or an organisation has gone, the roles went with it.

        An approver who has stepped down since they were asked for loses what they became by that. What was on
        its way and never came isn't taken; what has been parked is given up.
        """
        hold(session, Lock.MIRROR, self.person_id)
        if self.asked_at is not None:
            parked.keep_still(session, self.person_id, self.asked_at)
        try:
            whole = replace(self, roles=_all_held(services, session, self))
            for code, role in whole.roles:
                _take(services, self.person_id, code, role)
            standing = services.reader.standing(self.person_id)
        except PersonNotFound:
            return None
        mirror.refresh_person(session, standing)
        browser_sessions.end(session, person_id=self.person_id)
        for code in sorted({code for code, role in whole.roles if role in APPROVER_ROLES}):
            reroute.queue(session, code, services.clock())
        whole._tell(services, session, standing)
        if self.asked_at is not None:
            parked.give_up(services, session, standing.person, self.asked_at)
        whole._record(services, session, standing)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)

    def _tell(self, services: WorkerServices, session: Session, standing: Standing) -> None:
        person, lost = standing.person, tuple(f"{role.label}, {code}" for code, role in self.roles)
        news = told_the_person(NoticeKind.ACCOUNT_REVOKED, own_office(services, self.author), lost=lost)
        tell(services, session, person, news)
        at = services.clock()
        tell_elsewhere.queue(session, person, NoticeKind.ACCOUNT_REVOKED, self.roles, self.author, at)

    def _record(self, services: WorkerServices, session: Session, standing: Standing) -> None:
        why = f"Revoked by {self.author['actor_name']}"
        for code, role in self.roles:
            kind = AuditKind.ROLE_REMOVED
            event = role_changed(kind, self.person_id, code, role, True, why, self.author)
            audit.append(session, event, services.clock())
        left = [f"{held.role.value} {held.organisation}" for held in standing.holdings]
        audit.append(session, _event(self, sorted(left), why), services.clock())


def queue(session: Session, person: Person, wanted: Revoke, at: datetime) -> Effect:
    """Has them taken, in turn with whatever else concerns the person; somebody waits for it."""
    return queue_effect(session, wanted, person.email.lower(), at, Urgency.AWAITED)


def under_way(session: Session) -> frozenset[tuple[str, str, Role]]:
    """Who is losing which role where: asked for, not yet taken in Keycloak."""
    waiting = (payload_of(row) for row in waiting_for(session, EffectKind.REVOKE))
    return frozenset(
        (one.person_id, code, role) for one in waiting if isinstance(one, Revoke) for code, role in one.roles
    )


def _all_held(services: WorkerServices, session: Session, wanted: Revoke) -> tuple[tuple[str, Role], ...]:
    """What the person held when the author asked, and what of the rest has been given since.

    That may be taken already, as this may be a second try: then the record says that it was given.
    """
    standing, given = services.reader.standing(wanted.person_id), frozenset[tuple[str, Role]]()
    if wanted.asked_at is not None:
        given = given_since(session, wanted.person_id, wanted.asked_at)
    certain = [one for one in wanted.roles if one not in wanted.coming]
    lesser = {(code, Role.PROVIDER_USER) for code, role in wanted.roles if role is Role.PROVIDER_APPROVER}
    since = given | {(held.organisation, held.role) for held in standing.holdings}
    return (*certain, *sorted((lesser | set(wanted.coming)) & since - set(certain)))


def _take(services: WorkerServices, person_id: str, code: str, role: Role) -> None:
    try:
        services.writer.remove(person_id, organisation_now(services, code), role)
    except NothingFound:
        return


def _event(done: Revoke, left: list[str], why: str) -> AuditEvent:
    return AuditEvent(
        **done.author,
        kind=AuditKind.ACCOUNT_REVOKED,
        subject=done.person_id,
        before={"roles": [f"{role.value} {code}" for code, role in done.roles]},
        after={"roles": left},
        reason=why,
    )
