"""Gives an approved role in Keycloak. Looks once more whether it can be given: much may have changed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Holding, Organisation, Person, Standing
from portal.acts.present import organisation_asked
from portal.acts.records import grant_impossible, role_changed
from portal.effects.tell_service_desk import tell_service_desk
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.requests import AccessRequest, RequestState
from portal.rules.decisions import approval_barred
from portal.rules.roles import APPROVER_ROLES
from portal.services import Services, now
from portal.store import audit, mirror, outbox


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Makes the account when there is none, gives the role, and has the person welcomed.

    What can't be given any more is noted on the request and told to the Service Desk.
    """
    request = session.get(AccessRequest, UUID(effect.payload["request_id"]), with_for_update=True)
    if request is None or request.state is not RequestState.APPROVED or request.applied_at or request.problem:
        return None
    organisation = organisation_asked(services, request)
    barred = approval_barred(organisation, request.role)
    person = None if barred else _person(services, request)
    if person is None or not person.enabled:
        why = barred.value if barred else "The person's account is disabled or gone."
        _impossible(services, session, request, why)
        return None
    standing = services.reader.standing(person.id)
    services.writer.grant(person.id, organisation, request.role)
    _applied(services, session, request, organisation, standing)
    return None


def _person(services: Services, request: AccessRequest) -> Person | None:
    """The account to give the role to: the applicant's own, one that has come since, or a new one."""
    if request.person_id:
        try:
            return services.reader.person(request.person_id)
        except PersonNotFound:
            return None
    return services.writer.ensure_person(request.email, request.first_name, request.last_name)


def _applied(
    services: Services,
    session: Session,
    request: AccessRequest,
    organisation: Organisation,
    before: Standing,
) -> None:
    holding, person, at = Holding(request.role, organisation.path), before.person, services.clock()
    mirror.refresh_person(session, services.reader.standing(person.id))
    request.person_id, request.applied_at = person.id, at
    payload = {"person_id": person.id, "request_id": str(request.id), "since": now().isoformat()}
    outbox.add(session, EffectKind.WELCOME, outbox.welcome_key(request.email), payload, at)
    if request.role in APPROVER_ROLES:
        outbox.reroute(session, organisation.code, at)
    event = role_changed(
        AuditKind.ROLE_GRANTED,
        person.id,
        organisation.code,
        request.role,
        holding in before.holdings,
        f"Approved by {request.decided_by_name}",
        request.id,
    )
    audit.append(session, event, at)


def _impossible(services: Services, session: Session, request: AccessRequest, why: str) -> None:
    request.problem = why
    session.flush()
    tell_service_desk(services, session, request)
    audit.append(session, grant_impossible(request), services.clock())
