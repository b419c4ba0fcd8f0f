"""A person with an account asks for one more role."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.vocabulary import Organisation, Person, Role, Standing
from portal.acts.admission import admit_person
from portal.acts.origin import Origin
from portal.acts.reasons import needed_reason
from portal.casework.audit_events import request_made
from portal.casework.current_state import actor_now, organisation_now
from portal.effects import tell_approvers
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.rules.actor import ActingAs
from portal.rules.errors import AlreadyAsked, AlreadyHeld, NotAllowed, OrganisationClosed, RoleNotOffered
from portal.rules.roles import offered
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store import audit


@dataclass(frozen=True, slots=True)
class AskedRole:
    """What is asked for; the reason has 1 to 250 characters."""

    organisation_code: str
    role: Role
    reason: str


def ask(services: Services, person_id: str, asked: AskedRole, origin: Origin) -> UUID:
    """Makes the request and passes it on; its id.

    Raises NothingFound, OrganisationClosed, RoleNotOffered, AlreadyHeld, AlreadyAsked, ReasonNeeded,
    TooManyAttempts, and NotAllowed for the disabled.
    """
    reason = needed_reason(asked.reason)
    standing = actor_now(services, ActingAs(person_id)).standing
    organisation = organisation_now(services, asked.organisation_code)
    _check(standing, organisation, asked.role)
    request = role_request(services, standing.person, organisation, asked.role, reason)
    try:
        with services.sessions.begin() as session:
            _write(session, request, origin)
            admit_person(services, session, "ask", person_id)
    except IntegrityError as twice:
        raise AlreadyAsked(organisation.code) from twice
    return request.id


def _check(standing: Standing, organisation: Organisation, role: Role) -> None:
    if not standing.is_active:
        raise NotAllowed(Verdict(Refusal.DISABLED))
    if not organisation.is_open:
        raise OrganisationClosed(organisation.code)
    if role not in offered(organisation):
        raise RoleNotOffered(role)
    if any(h.role is role and h.path == organisation.path for h in standing.holdings):
        raise AlreadyHeld(organisation.code)


def role_request(
    services: Services, person: Person, organisation: Organisation, role: Role, reason: str
) -> AccessRequest:
    """A request of somebody who has an account for one more role, not yet written."""
    return AccessRequest(
        kind=RequestKind.ADDITIONAL_ROLE,
        email=person.email.lower(),
        first_name=person.first_name,
        last_name=person.last_name,
        person_id=person.id,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
        role=role,
        reason=reason,
        state=RequestState.OPEN,
        asked_at=services.clock(),
    )


def _write(session: Session, request: AccessRequest, origin: Origin) -> None:
    session.add(request)
    session.flush()
    assert request.person_id  # noqa: S101 - set by _request
    session.add(
        Notice(
            person_id=request.person_id,
            kind=NoticeKind.REQUEST_SUBMITTED,
            name=f"{request.role.label}, {request.organisation_name}",
            request_id=request.id,
            created_at=request.asked_at,
        )
    )
    tell_approvers.queue(session, request, request.asked_at)
    audit.append(session, request_made(request, origin.address), request.asked_at)
