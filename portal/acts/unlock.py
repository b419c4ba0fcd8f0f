"""An approver ends somebody's lock after wrong passwords."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from directory.vocabulary import Person
from portal.acts.origin import Origin
from portal.casework.account_now import judged_account
from portal.casework.audit_events import Author, author
from portal.effects import unlock as unlocking
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import NotLocked
from portal.rules.rights import Action
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold


@dataclass(frozen=True, slots=True)
class Unlock:
    """Whose lock is ended; `applied` whether Keycloak has ended it already."""

    person: Person
    applied: bool = False


def preview(services: Services, asked_by: ActingAs, person_id: str) -> Unlock:
    """Whose lock would be ended. Raises NotAllowed, NotLocked, PersonNotFound."""
    with services.sessions() as session:
        return _judge(services, session, asked_by, person_id)[1]


def unlock(services: Services, asked_by: ActingAs, person_id: str, origin: Origin) -> Unlock:
    """Has the lock ended, and waits a little for it.

    Of several who unlock the same person at once one does. Raises NotAllowed, PersonNotFound, and NotLocked
    when there is no lock any more.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.ACCOUNTS, person_id)
        actor, asked = _judge(services, session, asked_by, person_id)
        at, by = services.clock(), author(actor, origin.address)
        effect = unlocking.queue(session, asked.person, by, at)
        audit.append(session, _event(asked.person, by), at)
    return replace(asked, applied=services.wait([effect.id]))


def _judge(services: Services, session: Session, asked_by: ActingAs, person_id: str) -> tuple[Actor, Unlock]:
    # First what is under way and then Keycloak: what is done in between is seen in one of the two.
    under_way = unlocking.is_under_way(session, person_id)
    actor, account = judged_account(services, asked_by, Action.UNLOCK, person_id)
    if under_way or not account.standing.locked:
        raise NotLocked(person_id)
    return actor, Unlock(account.standing.person)


def _event(person: Person, by: Author) -> AuditEvent:
    return AuditEvent(
        **by,
        kind=AuditKind.UNLOCK_ASKED,
        subject=person.id,
        before={"locked": True},
        after={"locked": False, "name": person.name},
    )
