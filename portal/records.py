"""The audit events that more than one act or effect writes."""

from uuid import UUID

from directory.vocabulary import Role
from portal.model.audit import AuditEvent, AuditKind
from portal.model.requests import AccessRequest


def request_made(request: AccessRequest, origin: str) -> AuditEvent:
    """A request was made, by the applicant."""
    return AuditEvent(
        kind=AuditKind.REQUEST_MADE,
        subject=request.person_id or request.email,
        actor_id=request.person_id or "",
        actor_name=request.name,
        organisation_code=request.organisation_code,
        request_id=request.id,
        after={
            "state": request.state.value,
            "role": request.role.value,
            "kind": request.kind.value,
            "name": request.name,
        },
        reason=request.reason,
        origin=origin,
    )


def role_changed(
    kind: AuditKind,
    person_id: str,
    code: str,
    role: Role,
    held: bool,
    why: str,
    request_id: UUID | None = None,
) -> AuditEvent:
    """Keycloak now holds, or no longer holds, a role for a person; `held` is how it was before."""
    return AuditEvent(
        kind=kind,
        subject=person_id,
        organisation_code=code,
        request_id=request_id,
        before={"held": held},
        after={"held": kind is AuditKind.ROLE_GRANTED, "role": role.value},
        reason=why,
    )


def grant_impossible(request: AccessRequest) -> AuditEvent:
    """What was approved couldn't be given: the request's `problem` says why."""
    return AuditEvent(
        kind=AuditKind.GRANT_IMPOSSIBLE,
        subject=request.person_id or request.email,
        organisation_code=request.organisation_code,
        request_id=request.id,
        before={"state": request.state.value},
        after={"problem": request.problem, "role": request.role.value},
    )
