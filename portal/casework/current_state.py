"""Keycloak's present state, as every act judges by; the mirror only helps to find groups faster."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from directory.concurrently import concurrently
from directory.errors import OrganisationNotFound, PersonNotFound
from directory.vocabulary import (
    ApprovalLevel,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Person,
    Role,
    Standing,
)
from portal.model.requests import AccessRequest
from portal.rules.actor import Actor
from portal.rules.decisions import Ask, approval_barred
from portal.rules.errors import NotAllowed, NothingFound
from portal.rules.routing import ActivePeople, Rung, holding_rung, next_rung, rungs
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store.queries import organisations


def actor_now(services: Services, person_id: str, holding: Holding | None) -> Actor:
    """The person as Keycloak knows them now, acting in that role, with whether its organisation has closed.

    Raises NotAllowed when they are gone.
    """
    try:
        standing, closed = concurrently(
            lambda: services.reader.standing(person_id), lambda: _has_closed(services, holding)
        )
    except PersonNotFound as gone:
        raise NotAllowed(Verdict(Refusal.DISABLED)) from gone
    return Actor(standing, holding, closed)


def _has_closed(services: Services, holding: Holding | None) -> bool:
    """Whether the organisation of a role has closed or is gone; what is held everywhere can't close."""
    if holding is None or not holding.organisation:
        return False
    try:
        return organisation_now(services, holding.organisation).status is OrganisationStatus.CLOSED
    except NothingFound:
        return True


def organisation_now(services: Services, code: str) -> Organisation:
    """The organisation as Keycloak has it now. Raises NothingFound."""
    try:
        return services.reader.organisation(code, _group_id(services, code))
    except OrganisationNotFound as gone:
        raise NothingFound(code) from gone


def _group_id(services: Services, code: str) -> str:
    """Where the mirror last saw the organisation; a hint for Keycloak, that is checked."""
    with services.sessions() as session:
        seen = organisations.get(session, code)
    return seen.group_id if seen else ""


def organisation_asked(services: Services, request: AccessRequest) -> Organisation:
    """The organisation of a request; one that is gone from Keycloak counts as closed, and sits nowhere."""
    return _asked(services, request, _group_id(services, request.organisation_code))


def _asked(services: Services, request: AccessRequest, group_id: str) -> Organisation:
    try:
        return services.reader.organisation(request.organisation_code, group_id)
    except OrganisationNotFound:
        return Organisation(
            code=request.organisation_code,
            name=request.organisation_name,
            type=OrganisationType.PROVIDER,
            path=(request.organisation_code,),
            status=OrganisationStatus.CLOSED,
        )


@dataclass(frozen=True, slots=True)
class GrantBasis:
    """What the grant of a request rests on, all as Keycloak has it at one moment.

    `applicant` is None when the request names no account, or one that is gone. `role_group` carries the role
    there; empty when that has to be looked for. `barred`: why the role can't be given any more.
    """

    request_id: UUID
    organisation: Organisation
    applicant: Person | None
    role_group: str
    barred: Refusal | None


def grant_basis(services: Services, request: AccessRequest) -> GrantBasis:
    """Everything at once: the decision on a request waits for it, and so does its grant."""
    hint = _group_id(services, request.organisation_code)
    organisation, applicant, role_group = concurrently(
        lambda: _asked(services, request, hint),
        lambda: _account(services, request.person_id),
        lambda: _role_group(services, hint, request.role),
    )
    works = request.person_id is None or (applicant is not None and applicant.enabled)
    barred = approval_barred(organisation, request.role, applicant_works=works)
    return GrantBasis(
        request.id, organisation, applicant, role_group if organisation.id == hint else "", barred
    )


def _account(services: Services, person_id: str | None) -> Person | None:
    try:
        return services.reader.person(person_id) if person_id else None
    except PersonNotFound:
        return None


def _role_group(services: Services, group_id: str, role: Role) -> str:
    try:
        return services.reader.role_group(group_id, role) if group_id else ""
    except OrganisationNotFound:
        return ""


def ask_of(request: AccessRequest, organisation: Organisation) -> Ask:
    """The request as the rules see it."""
    escalated = request.escalated_at is not None
    return Ask(organisation, request.role, request.person_id, request.email, escalated)


def has_active_approver(services: Services, organisation: Organisation, request: AccessRequest) -> bool:
    """Whether a Provider Approver other than the applicant is there and neither disabled nor locked.

    Keycloak is asked for a multi-level provider only: others have no such role.
    """
    if organisation.approval_level is ApprovalLevel.SINGLE or not organisation.is_provider:
        return False
    holders = services.reader.holders(organisation, Role.PROVIDER_APPROVER)
    return any(holder.is_active and not is_applicant(request, holder) for holder in holders)


def people_on(services: Services, rung: Rung) -> list[Standing]:
    """Who holds the rung's role exactly there now and is neither disabled nor locked.

    Nobody at an organisation that has closed or is gone: their role has no powers.
    """
    if rung.role is Role.SERVICE_DESK:
        return [holder for holder in services.reader.service_desk() if holder.is_active]
    try:
        place = organisation_now(services, rung.path[-1])
    except NothingFound:
        return []
    holders = [] if place.status is OrganisationStatus.CLOSED else services.reader.holders(place, rung.role)
    return [holder for holder in holders if holder.is_active]


class Ladder:
    """Whom a request sits with now. One object remembers the people it read, for one piece of work."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.people: Callable[[Rung], list[Standing]] = cache(lambda rung: people_on(services, rung))

    def holder(self, organisation: Organisation, request: AccessRequest) -> Rung:
        """The rung that the request sits with."""
        return holding_rung(rungs(organisation, request.role), self._others(request))

    def above(self, organisation: Organisation, request: AccessRequest, held: Rung) -> Rung | None:
        """The rung that an unanswered request goes to as well; None when there is none above."""
        return next_rung(rungs(organisation, request.role), held, self._others(request))

    def deciders(self, rung: Rung, request: AccessRequest) -> list[Standing]:
        """The rung's people without the applicant."""
        return [s for s in self.people(rung) if not is_applicant(request, s)]

    def _others(self, request: AccessRequest) -> ActivePeople:
        return lambda rung: [standing.person.id for standing in self.deciders(rung, request)]


def is_applicant(request: AccessRequest, standing: Standing) -> bool:
    """Whether this is the person the request is for, by account or by e-mail address."""
    return standing.person.id == request.person_id or standing.person.email.lower() == request.email


def rung_now(services: Services, request: AccessRequest) -> tuple[Rung, list[Standing]]:
    """Whom the request sits with at this moment, and the people who are that."""
    ladder = Ladder(services)
    rung = ladder.holder(organisation_asked(services, request), request)
    return rung, ladder.deciders(rung, request)
