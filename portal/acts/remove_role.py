"""An approver takes one role at one organisation from a person, who keeps the rest of their account."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from directory.concurrently import concurrently
from directory.vocabulary import Holding, Organisation, Person, Role, Standing
from portal.acts.origin import Origin
from portal.acts.succession import Leaving, Successor, successor_of
from portal.casework.account_now import account_of
from portal.casework.audit_events import Author, author
from portal.casework.current_state import actor_now, organisation_now
from portal.effects import remove_role as removal_effect
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.accounts import Account, may_remove_role
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import NotAllowed, NotHeld, OutOfDate
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal will do. `decides` is None unless the person is the last active approver there.

    `others` is how many roles the person keeps; `applied` whether Keycloak has taken the role already.
    """

    standing: Standing
    organisation: Organisation
    role: Role
    decides: Successor | None
    applied: bool = False

    @property
    def person(self) -> Person:
        return self.standing.person

    @property
    def others(self) -> int:
        return len(self.standing.holdings) - 1

    @property
    def warning(self) -> str:
        """What the confirmation has to say again; empty when there is nothing to warn of."""
        return self.decides.key if self.decides else ""


@dataclass(frozen=True, slots=True)
class Removable:
    """The roles of a person at an organisation that the actor may remove, in the order of their names."""

    person: Person
    organisation: Organisation
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything that a removal at one organisation is judged on, as it is now."""

    actor: Actor
    standing: Standing
    account: Account
    organisation: Organisation
    leaving: Leaving

    def holding(self, role: Role) -> Holding:
        return Holding(role, self.organisation.path)

    def still_holds(self, role: Role) -> bool:
        going = self.leaving.loses(self.standing.person.id, self.organisation.code, role)
        return self.holding(role) in self.standing.holdings and not going


def removable(services: Services, asked_by: ActingAs, person_id: str, code: str) -> Removable:
    """What there is to choose from. Raises NotAllowed, NotHeld, NothingFound, PersonNotFound."""
    with services.sessions() as session:
        scene = _look(services, session, asked_by, person_id, code)
    held = [role for role in Role if scene.still_holds(role)]
    verdicts = {role: may_remove_role(scene.actor, scene.account, scene.holding(role)) for role in held}
    if not held:
        raise NotHeld(code)
    roles = tuple(role for role in held if verdicts[role].allowed)
    if not roles:
        raise NotAllowed(verdicts[held[0]])
    return Removable(scene.standing.person, scene.organisation, roles)


def preview(services: Services, asked_by: ActingAs, person_id: str, code: str, role: Role) -> Removal:
    """What removing the role would do. Raises NotAllowed, NotHeld, NothingFound, PersonNotFound."""
    with services.sessions() as session:
        return _judge(services, session, asked_by, person_id, code, role)[1]


def remove(
    services: Services,
    asked_by: ActingAs,
    person_id: str,
    code: str,
    role: Role,
    confirmed: str,
    origin: Origin,
) -> Removal:
    """Has the role removed, and waits a little for it.

    `confirmed` is the warning that the confirmation page gave. Of several who remove the same at once one
    does. Raises NotAllowed, NothingFound, PersonNotFound; NotHeld when it is gone already, and OutOfDate when
    the warning is no longer that.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.REMOVALS, code)
        actor, removal = _judge(services, session, asked_by, person_id, code, role)
        if removal.warning != confirmed:
            raise OutOfDate(code)
        at, by = services.clock(), author(actor, origin.address)
        effect = removal_effect.queue(session, removal.person, code, role, by, at)
        audit.append(session, _event(removal, by), at)
    return replace(removal, applied=services.wait([effect.id]))


def _judge(
    services: Services, session: Session, asked_by: ActingAs, person_id: str, code: str, role: Role
) -> tuple[Actor, Removal]:
    scene = _look(services, session, asked_by, person_id, code)
    verdict = may_remove_role(scene.actor, scene.account, scene.holding(role))
    if not verdict.allowed:
        raise NotAllowed(verdict)
    if not scene.still_holds(role):
        raise NotHeld(code)
    who = scene.standing.person.id
    gone = {(who, scene.holding(role))}
    decides = successor_of(services, scene.organisation, role, gone, scene.leaving)
    return scene.actor, Removal(scene.standing, scene.organisation, role, decides)


def _look(services: Services, session: Session, asked_by: ActingAs, person_id: str, code: str) -> _Scene:
    # First what is under way and then Keycloak: a removal done in between is seen in one of the two.
    leaving = Leaving.now(session, [code])
    actor, organisation, standing = concurrently(
        lambda: actor_now(services, asked_by),
        lambda: organisation_now(services, code),
        lambda: services.reader.standing(person_id),
    )
    return _Scene(actor, standing, account_of(services, standing, organisation), organisation, leaving)


def _event(removal: Removal, by: Author) -> AuditEvent:
    here = removal.organisation.path
    before = sorted(held.role.value for held in removal.standing.holdings if held.path == here)
    after = [role for role in before if role != removal.role.value]
    return AuditEvent(
        **by,
        kind=AuditKind.ROLE_REMOVAL_ASKED,
        subject=removal.person.id,
        organisation_code=removal.organisation.code,
        before={"roles": before},
        after={
            "roles": after,
            "role": removal.role.value,
            "name": removal.person.name,
            "decides": removal.warning,
        },
    )
