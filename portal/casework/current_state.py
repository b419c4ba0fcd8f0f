"""Keycloak's present state, as every act judges by; the mirror only helps to find groups faster."""

from dataclasses import dataclass

from directory.concurrently import concurrently
from directory.errors import OrganisationNotFound, PersonNotFound
from directory.vocabulary import (
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Person,
    Role,
)
from portal.model.invitations import Invitation
from portal.model.requests import AccessRequest
from portal.rules.actor import ActingAs, Actor
from portal.rules.decisions import Ask, approval_barred
from portal.rules.errors import NotAllowed, NothingFound
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store.engine import one_by_one
from portal.store.queries import organisations


def actor_now(services: Services, asked_by: ActingAs) -> Actor:
    """The person as Keycloak knows them now, acting in that role, with whether its organisation has closed.

    Raises NotAllowed when they are gone.
    """
    try:
        standing, closed = concurrently(
            lambda: services.reader.standing(asked_by.person_id),
            lambda: _has_closed(services, asked_by.holding),
        )
    except PersonNotFound as gone:
        raise NotAllowed(Verdict(Refusal.DISABLED)) from gone
    return Actor(standing, asked_by.holding, closed)


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
        found = services.reader.organisation(code, _group_id(services, code))
    except OrganisationNotFound as gone:
        services.group_ids.pop(code, None)
        raise NothingFound(code) from gone
    services.group_ids[code] = found.id
    return found


def _group_id(services: Services, code: str) -> str:
    """Where the organisation was last seen, by ourselves or else the mirror; a hint, that is checked."""
    known = services.group_ids.get(code)
    if known is None:
        with one_by_one(services.sessions) as session:
            seen = organisations.get(session, code)
        known = seen.group_id if seen else ""
    return known


def organisation_asked(services: Services, request: AccessRequest | Invitation) -> Organisation:
    """The organisation that somebody asks for or is invited to.

    One that is gone from Keycloak counts as closed, and sits nowhere.
    """
    try:
        return organisation_now(services, request.organisation_code)
    except NothingFound:
        return Organisation(
            code=request.organisation_code,
            name=request.organisation_name,
            type=OrganisationType.PROVIDER,
            path=(request.organisation_code,),
            status=OrganisationStatus.CLOSED,
        )


@dataclass(frozen=True, slots=True)
class RoleGroup:
    """Keycloak's ids of an organisation's group and of the subgroup there; empty where not known."""

    organisation_id: str
    id: str

    def at(self, organisation: Organisation) -> str:
        """The subgroup's id if it is this organisation's, and else the empty string."""
        return self.id if self.organisation_id == organisation.id else ""


@dataclass(frozen=True, slots=True)
class GrantBasis:
    """What a request's decision and its grant rest on, all as Keycloak has it at one moment.

    `applicant` is None when the request names no account, or one that is gone. `barred`: why the role can't
    be given any more.
    """

    organisation: Organisation
    applicant: Person | None
    barred: Refusal | None


def grant_basis(services: Services, request: AccessRequest) -> GrantBasis:
    """Everything at once: somebody waits for it."""
    organisation, applicant = concurrently(
        lambda: organisation_asked(services, request), lambda: _account(services, request.person_id)
    )
    works = request.person_id is None or (applicant is not None and applicant.enabled)
    barred = approval_barred(organisation, request.role, applicant_works=works)
    return GrantBasis(organisation, applicant, barred)


def _account(services: Services, person_id: str | None) -> Person | None:
    try:
        return services.reader.person(person_id) if person_id else None
    except PersonNotFound:
        return None


def role_group_now(services: Services, code: str, role: Role) -> RoleGroup:
    """The subgroup that carries a role at an organisation, by where the mirror last saw the organisation."""
    at = _group_id(services, code)
    try:
        return RoleGroup(at, services.reader.role_group(at, role) if at else "")
    except OrganisationNotFound:
        services.group_ids.pop(code, None)
        return RoleGroup(at, "")


def ask_of(request: AccessRequest, organisation: Organisation) -> Ask:
    """The request as the rules see it."""
    escalated = request.escalated_at is not None
    return Ask(organisation, request.role, request.person_id, request.email, escalated)
