"""A commissioner confirms where the people of a closed organisation go: each is judged as if granted then.

Nobody is moved by itself. What somebody held at the closed organisation stays, and gives nothing; what they
are given at its successor is a request that is made and approved in one step, with all that follows from one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.concurrently import concurrently
from directory.errors import DirectoryUnavailable
from directory.vocabulary import Holding, Organisation, Person, Role, Standing
from portal.acts.ask import role_request
from portal.acts.decide import judge
from portal.acts.origin import Origin
from portal.casework.audit_events import request_made
from portal.casework.closing import Closing, close
from portal.casework.current_state import actor_now, organisation_now
from portal.effects import grant
from portal.model.effects import Effect
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import AlreadyAsked, AlreadyHeld, NotAllowed, NotReached, PortalFault
from portal.rules.moving import may_move_people
from portal.rules.verdict import Verdict
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold
from portal.store.queries import organisations

Chosen = tuple[str, Role]
"""A person's id, and a role that they held at the closed organisation."""


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody with a role there. `fault`: why they can't be given it at the successor; None: they can."""

    person: Person
    role: Role
    fault: PortalFault | None = None

    @property
    def key(self) -> str:
        return f"{self.role.value} {self.person.id}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where the people of a closed organisation might go; `successor` is None until one is chosen."""

    closed: Organisation
    suggested: Sequence[Organisation]
    successor: Organisation | None
    people: Sequence[Going]


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one of them: `fault` is None for whoever was given the role."""

    person: Person
    role: Role
    fault: PortalFault | None


def proposal(services: Services, asked_by: ActingAs, code: str, successor: str = "") -> Proposal:
    """Who holds what at the closed organisation, where they might go, and who of them could there.

    Raises NotAllowed, NothingFound.
    """
    actor, closed = _scene(services, asked_by, code)
    with services.sessions() as session:
        rows = organisations.successors(session, code)
        suggested = [row.as_organisation() for row in rows]
    place = organisation_now(services, successor) if successor else None
    people = [
        Going(standing.person, role, _fault(services, asked_by, standing, role, place) if place else None)
        for standing, role in _holders(services, closed)
        if standing.person.id != actor.id
    ]
    return Proposal(closed, suggested, place, people)


def move(
    services: Services,
    asked_by: ActingAs,
    code: str,
    successor: str,
    chosen: Collection[Chosen],
    origin: Origin,
) -> list[Moved]:
    """Gives each of the chosen their role at the successor, judged singly, and waits a little for it.

    Whoever no longer holds the role at the closed organisation is passed over, as is whoever can't be given
    it. Raises NotAllowed, NothingFound.
    """
    actor, closed = _scene(services, asked_by, code)
    place = organisation_now(services, successor)
    held = {(standing.person.id, role): standing for standing, role in _holders(services, closed)}
    moved: list[Moved] = []
    effects: list[Effect] = []
    for person_id, role in dict.fromkeys(chosen):
        standing = held.get((person_id, role))
        if standing is None:
            continue
        fault = _fault(services, asked_by, standing, role, place)
        if fault is None:
            fault, effect = _give(services, actor, standing.person, role, closed, place, origin)
            effects += [effect] if effect else []
        moved.append(Moved(standing.person, role, fault))
    services.wait([effect.id for effect in effects])
    return moved


def _scene(services: Services, asked_by: ActingAs, code: str) -> tuple[Actor, Organisation]:
    actor, closed = concurrently(
        lambda: actor_now(services, asked_by), lambda: organisation_now(services, code)
    )
    verdict = may_move_people(actor, closed)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    return actor, closed


def _holders(services: Services, closed: Organisation) -> list[tuple[Standing, Role]]:
    """Who holds a role there and isn't disabled, by name."""
    roles = [role for role in Role if role is not Role.SERVICE_DESK]
    every = concurrently(*(lambda role=role: services.reader.holders(closed, role) for role in roles))
    found = [(one, role) for role, those in zip(roles, every, strict=True) for one in those if one.is_active]
    return sorted(found, key=lambda each: (each[0].person.last_name, each[0].person.first_name, each[1]))


def _fault(
    services: Services, asked_by: ActingAs, standing: Standing, role: Role, place: Organisation
) -> PortalFault | None:
    """Why somebody can't be given the role there by the one who asks, at this moment."""
    try:
        if _holds(services, standing.person, role, place):
            return AlreadyHeld(place.code)
        basis = judge(services, asked_by, role_request(services, standing.person, place, role, ""))
    except PortalFault as fault:
        return fault
    except DirectoryUnavailable:
        return NotReached(standing.person.id)
    return NotAllowed(Verdict(basis.barred)) if basis.barred else None


def _holds(services: Services, person: Person, role: Role, place: Organisation) -> bool:
    return Holding(role, place.path) in services.reader.standing(person.id).holdings


def _give(
    services: Services,
    actor: Actor,
    person: Person,
    role: Role,
    closed: Organisation,
    place: Organisation,
    origin: Origin,
) -> tuple[PortalFault | None, Effect | None]:
    why = f"{closed.name} ({closed.code}) has closed."
    request = role_request(services, person, place, role, why)
    closing = Closing(RequestState.APPROVED, request.asked_at, why, actor, origin.address)
    try:
        with services.sessions.begin() as session:
            hold(session, Lock.ACCOUNTS, person.id)
            if _is_given(session, request) or _holds(services, person, role, place):
                return AlreadyHeld(place.code), None
            _write(session, request, actor, origin)
            decided = close(services, session, request.id, closing)
            return None, grant.queue(session, decided, closing.author, closing.at)
    except IntegrityError:
        return AlreadyAsked(place.code), None
    except DirectoryUnavailable:
        return NotReached(person.id), None


def _is_given(session: Session, wanted: AccessRequest) -> bool:
    """Whether the same is approved and being applied: of two confirmed at once there is one grant."""
    same = select(AccessRequest.id).where(
        AccessRequest.state == RequestState.APPROVED,
        AccessRequest.applied_at.is_(None),
        AccessRequest.person_id == wanted.person_id,
        AccessRequest.organisation_code == wanted.organisation_code,
        AccessRequest.role == wanted.role,
    )
    return session.scalar(same) is not None


def _write(session: Session, request: AccessRequest, actor: Actor, origin: Origin) -> None:
    """Asked for by whoever confirms it, as the record says."""
    session.add(request)
    session.flush()
    audit.append(session, request_made(request, origin.address, actor), request.asked_at)
