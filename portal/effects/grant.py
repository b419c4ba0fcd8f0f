"""Gives an approved role in Keycloak. Looks once more whether it can be given: much may have changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from directory.concurrently import concurrently
from directory.vocabulary import Holding, Person
from portal.casework.audit_events import THE_PORTAL, Author, decider, grant_impossible, role_changed
from portal.casework.current_state import GrantBasis, grant_basis, role_group_now
from portal.casework.invitations import overtake
from portal.effects import reroute, step_down, tell_service_desk, welcome
from portal.effects.effect import Concern, about_request, effect
from portal.effects.effect import queue as queue_effect
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.requests import AccessRequest, RequestState
from portal.rules.roles import APPROVER_ROLES
from portal.rules.verdict import Refusal
from portal.services import WorkerServices
from portal.store import audit, mirror
from portal.store.applicants import tie_requests

SOMEBODY: Author = {**THE_PORTAL, "actor_name": "somebody else at the same moment"}


@effect(EffectKind.GRANT)
@dataclass(frozen=True, slots=True)
class Grant:
    """What was asked for in this request is to be given; the author approved it."""

    request_id: UUID
    author: Author | None = None

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Makes the account when there is none, gives the role, and has the person welcomed.

        What can't be given any more is noted on the request and told to the Service Desk.
        """
        request = session.get(AccessRequest, self.request_id, with_for_update=True)
        if request is None or not request.is_being_applied:
            return None
        basis, role_group = concurrently(
            lambda: grant_basis(services, request),
            lambda: role_group_now(services, request.organisation_code, request.role),
        )
        person = None if basis.barred else basis.applicant or _newcomer(services, request)
        if person is None or not person.enabled:
            _impossible(services, session, request, basis.barred or Refusal.APPLICANT_DISABLED)
            return None
        services.writer.grant(person.id, basis.organisation, request.role, role_group.at(basis.organisation))
        _applied(services, session, request, basis, person, self.author or decider(request))
        return None

    def concerns(self, session: Session) -> Concern:
        return about_request(session, self.request_id)


def queue(session: Session, request: AccessRequest, author: Author | None, at: datetime) -> Effect:
    """Has the role given, in turn with whatever else concerns the person; somebody waits for it."""
    assert request.state is RequestState.APPROVED  # noqa: S101 - nothing else is granted
    return queue_effect(session, Grant(request.id, author), request.email, at, Urgency.AWAITED)


def _newcomer(services: WorkerServices, request: AccessRequest) -> Person | None:
    """An account that has come since the request, or a new one; none for an account that has gone."""
    if request.person_id:
        return None
    return services.writer.ensure_person(request.email, request.first_name, request.last_name)


def _applied(
    services: WorkerServices,
    session: Session,
    request: AccessRequest,
    basis: GrantBasis,
    person: Person,
    by: Author,
) -> None:
    at, code = services.clock(), basis.organisation.code
    step_down.queue_if_single(services, session, request, person, SOMEBODY)
    is_new = mirror.note_holding(session, person, Holding(request.role, basis.organisation.path))
    request.person_id, request.applied_at = person.id, at
    tie_requests(session, person)
    overtake(session, request, at)
    welcome.queue(session, person.id, request.email, at, request.id)
    if request.role in APPROVER_ROLES:
        reroute.queue(session, code, at)
    why = f"Approved by {request.decided_by_name}"
    kind = AuditKind.ROLE_GRANTED
    event = role_changed(kind, person.id, code, request.role, not is_new, why, by, request.id)
    audit.append(session, event, at)


def _impossible(services: WorkerServices, session: Session, request: AccessRequest, why: Refusal) -> None:
    request.problem = why.value
    session.flush()
    tell_service_desk.tell(services, session, request)
    audit.append(session, grant_impossible(request), services.clock())
