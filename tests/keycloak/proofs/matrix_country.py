"""The rules' small country on a real Keycloak, and the people who try things there.

Who should be able to do what in it is the oracle's to say (tests/unit/rules/oracle.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from directory.vocabulary import ApprovalLevel, Holding, Organisation, Person, Role
from portal.model.requests import AccessRequest, RequestKind
from portal.services import Services
from tests.support.builders.names import in_letters
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fakes.directory import FakeDirectory
from tests.unit.rules import oracle, world

MULTI = ("A10001", "A10002", "A10003", "A10004", "C10001")
CLOSED = "A10003"
CLOSED_COMMISSIONER = "01B"
"""Closes after everybody signed in, with an open practice below it."""
WITHOUT_ACTIVE_APPROVER = "A10002"
SOME = ("QAA", "01A", "A10001", "A10002", "A10001001", CLOSED_COMMISSIONER)
"""Places that lie in every way to others: over, below, beside."""
APPROVERS = (Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER)


Scene = KeycloakScene | FakeDirectory
"""A realm, or a directory in memory."""


@dataclass(frozen=True)
class Actor:
    """Somebody with one role; `state` is one of the oracle's, set in Keycloak after they signed in."""

    person: Person
    holding: Holding | None
    state: str = "active"

    @property
    def label(self) -> str:
        where = f"{self.holding.role}@{self.holding.organisation}" if self.holding else "no role"
        return f"{self.state} {where}"


@dataclass(frozen=True)
class Asked:
    """An open request with the facts that the oracle asks for."""

    id: UUID
    target: Organisation
    role: Role
    escalated: bool
    approver: bool
    email: str


def place_all(scene: Scene) -> dict[str, Organisation]:
    """Every organisation of the rules' country, by code."""
    for code, path in sorted(world.PATHS.items(), key=lambda item: len(item[1])):
        level = ApprovalLevel.MULTI if code in MULTI else ApprovalLevel.SINGLE
        scene.place(code, f"Organisation {code}", world.TYPES[code], path[-2] if path[1:] else "", level)
    return {code: scene.reader.organisation(code) for code in world.PATHS}


def enrol_all(scene: Scene) -> list[Actor]:
    """One person for each approver's role at each place, some of each other role, and one without any."""
    held = [(role, code) for role in Role for code in world.PATHS if _fits(role, code)]
    held = [(role, code) for role, code in held if role in APPROVERS or code in SOME]
    actors = [_enrolled(scene, role, code) for role, code in (*held, (Role.SERVICE_DESK, ""))]
    return [*actors, Actor(enrol(scene, "nobody"), None)]


def _enrolled(scene: Scene, role: Role, code: str) -> Actor:
    state = "organisation closed" if code in (CLOSED, CLOSED_COMMISSIONER) else "active"
    return Actor(enrol(scene, f"{role}.{code}", (code, role)), world.holding(role, code), state)


def enrol(scene: Scene, name: str, *held: tuple[str, Role]) -> Person:
    return scene.enrol(f"{name.lower()}x@proofs.example", "Ann", in_letters(name), held, password=False)


def _fits(role: Role, code: str) -> bool:
    if role in oracle.COMMISSIONER_ROLES:
        return code in world.COMMISSIONING
    return role is not Role.SERVICE_DESK and code in world.PROVIDERS


def asked_for(target: Organisation) -> Iterator[tuple[Role, bool]]:
    """What could be asked for there, and whether it went up unanswered."""
    for role in Role:
        commissioning = target.code in world.COMMISSIONING
        if role is not Role.SERVICE_DESK and (role in oracle.COMMISSIONER_ROLES) == commissioning:
            yield role, False
            if role in oracle.USER_OR_FINANCE and target.code in MULTI:
                yield role, True


def open_request(
    services: Services,
    target: Organisation,
    role: Role,
    escalated: bool = False,
    applicant: Person | None = None,
    by_email: bool = False,
) -> Asked:
    """A row as asking leaves it; of somebody unknown, or of `applicant` by account or by address alone."""
    known = applicant is not None and not by_email
    made = AccessRequest(
        kind=RequestKind.ADDITIONAL_ROLE if known else RequestKind.NEW_ACCOUNT,
        email="",
        first_name="Jo",
        last_name="Asker",
        person_id=applicant.id if applicant and known else None,
        organisation_code=target.code,
        organisation_name=target.name,
        role=role,
        asked_at=services.clock(),
        escalated_at=services.clock() if escalated else None,
    )
    with services.sessions.begin() as session:
        session.add(made)
        session.flush()
        made.email = applicant.email if applicant else f"{made.id.hex}@asks.example"
    approver = target.code in MULTI and target.code != WITHOUT_ACTIVE_APPROVER
    return Asked(made.id, target, role, escalated, approver, made.email)


def relation(acting: Holding | None, target: Organisation) -> str:
    """How the place of a role lies to an organisation."""
    if acting is None or not acting.path:
        return "everywhere" if acting else "nowhere"
    place, to = acting.path, target.path
    if place == to:
        return "same"
    if to[: len(place)] == place:
        return f"{len(to) - len(place)} below"
    if place[: len(to)] == to:
        return "above"
    return "sibling" if place[:-1] == to[:-1] else "elsewhere"
