"""Gives an approved role in Keycloak. Looks once more whether it can be given: much may have changed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from directory.vocabulary import ApprovalLevel, Holding, Organisation, Person, Role
from portal.casework.audit_events import THE_PORTAL, Author, decider, grant_impossible, role_changed
from portal.casework.current_state import GrantBasis, grant_basis, organisation_asked
from portal.effects.tell_service_desk import tell_service_desk
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.requests import AccessRequest, RequestState
from portal.rules.roles import APPROVER_ROLES
from portal.rules.verdict import Refusal
from portal.services import Services, now
from portal.store import audit, mirror, outbox
from portal.store.applicants import tie_requests

SOMEBODY: Author = {**THE_PORTAL, "actor_name": "somebody else at the same moment"}


def apply(
    services: Services, session: Session, effect: Effect, decided_on: GrantBasis | None = None
) -> timedelta | None:
    """Makes the account when there is none, gives the role, and has the person welcomed.

    What can't be given any more is noted on the request and told to the Service Desk. `decided_on`: what the
    decision was just made on, when the grant follows at once; Keycloak is asked anew for any other request.
    """
    request = session.get(AccessRequest, UUID(effect.payload["request_id"]), with_for_update=True)
    if request is None or request.state is not RequestState.APPROVED or request.applied_at or request.problem:
        return None
    fresh = decided_on is None or decided_on.request_id != request.id
    basis = grant_basis(services, request) if fresh else decided_on
    person = None if basis.barred else basis.applicant or _newcomer(services, request)
    if person is None or not person.enabled:
        _impossible(services, session, request, basis.barred or Refusal.APPLICANT_DISABLED)
        return None
    services.writer.grant(person.id, basis.organisation, request.role, basis.role_group)
    _applied(services, session, request, basis.organisation, person, effect.payload.get("author"))
    return None


def _newcomer(services: Services, request: AccessRequest) -> Person | None:
    """An account that has come since the request, or a new one; none for an account that has gone."""
    if request.person_id:
        return None
    return services.writer.ensure_person(request.email, request.first_name, request.last_name)


def _applied(
    services: Services,
    session: Session,
    request: AccessRequest,
    organisation: Organisation,
    person: Person,
    by: Author | None,
) -> None:
    at = services.clock()
    _step_down_if_single(services, session, request, person)
    is_new = mirror.note_holding(session, person, Holding(request.role, organisation.path))
    request.person_id, request.applied_at = person.id, at
    tie_requests(session, person)
    payload = {"person_id": person.id, "request_id": str(request.id), "since": now().isoformat()}
    outbox.add(session, EffectKind.WELCOME, outbox.welcome_key(request.email), payload, at)
    if request.role in APPROVER_ROLES:
        outbox.reroute(session, organisation.code, at)
    event = role_changed(
        AuditKind.ROLE_GRANTED,
        person.id,
        organisation.code,
        request.role,
        not is_new,
        f"Approved by {request.decided_by_name}",
        by or decider(request),
        request.id,
    )
    audit.append(session, event, at)


def _step_down_if_single(
    services: Services, session: Session, request: AccessRequest, person: Person
) -> None:
    """A change to single-level that came at the same moment may have looked for approvers just before."""
    if request.role is not Role.PROVIDER_APPROVER:
        return
    if organisation_asked(services, request).approval_level is ApprovalLevel.SINGLE:
        payload = {
            "author": SOMEBODY,
            "organisation": request.organisation_code,
            "person_id": person.id,
        }
        outbox.add(session, EffectKind.STEP_DOWN, request.email, payload, services.clock())


def _impossible(services: Services, session: Session, request: AccessRequest, why: Refusal) -> None:
    request.problem = why.value
    session.flush()
    tell_service_desk(services, session, request)
    audit.append(session, grant_impossible(request), services.clock())
