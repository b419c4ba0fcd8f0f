"""The audit events that more than one act or effect writes, and who caused them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from directory.vocabulary import Cluster, Role
from portal.model.audit import SHAPES, AuditEvent, AuditKind
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import Actor


class Author(TypedDict):
    """Who caused something, in which role and from where, as fields of an audit event.

    An effect keeps it in its payload, for what it puts on record later.
    """

    actor_id: str
    actor_name: str
    actor_role: str
    actor_organisation: str
    origin: str


THE_PORTAL = Author(actor_id="", actor_name="The portal", actor_role="", actor_organisation="", origin="")


def author(actor: Actor, address: str) -> Author:
    """The person in the role that they act in, from a network address."""
    holding = actor.holding
    return Author(
        actor_id=actor.id,
        actor_name=actor.standing.person.name,
        actor_role=holding.role.value if holding else "",
        actor_organisation=holding.organisation if holding else "",
        origin=address,
    )


def decider(request: AccessRequest) -> Author:
    """Who decided the request, as far as it says so itself."""
    return Author(
        actor_id=request.decided_by or "",
        actor_name=request.decided_by_name or "The portal",
        actor_role=request.decided_as.value if request.decided_as else "",
        actor_organisation="",
        origin="",
    )


def request_made(request: AccessRequest, origin: str, actor: Actor | None = None) -> AuditEvent:
    """A request was made: by the applicant, unless somebody else asked for them."""
    applicant = Author(
        actor_id=request.person_id or "",
        actor_name=request.name,
        actor_role="",
        actor_organisation="",
        origin=origin,
    )
    return AuditEvent(
        **(author(actor, origin) if actor else applicant),
        kind=AuditKind.REQUEST_MADE,
        subject=request.person_id or request.email,
        organisation_code=request.organisation_code,
        request_id=request.id,
        after={
            "state": request.state.value,
            "role": request.role.value,
            "kind": request.kind.value,
            "name": request.name,
        },
        reason=request.reason,
    )


def role_changed(
    kind: AuditKind,
    person_id: str,
    code: str,
    role: Role,
    held: bool,
    why: str,
    by: Author,
    request_id: UUID | None = None,
) -> AuditEvent:
    """Keycloak now holds, or no longer holds, a role for a person; `held` is how it was before."""
    return AuditEvent(
        **by,
        kind=kind,
        subject=person_id,
        organisation_code=code,
        request_id=request_id,
        before={"held": held},
        after={"held": kind is AuditKind.ROLE_GRANTED, "role": role.value},
        reason=why,
    )


def cluster_facts(cluster: Cluster | None) -> dict[str, Any]:
    """What the audit records of a cluster; nothing but names of one that isn't there."""
    if cluster is None:
        return dict.fromkeys(SHAPES[AuditKind.CLUSTER_CHANGED].before)
    return {
        "short_name": cluster.short_name,
        "name": cluster.name,
        "description": cluster.description,
        "organisations": sorted(cluster.organisations),
    }


def cluster_changed(by: Author, before: Cluster | None, after: Cluster | None) -> AuditEvent:
    """A cluster was made, changed or deleted: at least one of the two is given."""
    known = after or before
    assert known  # noqa: S101 - said above
    return AuditEvent(
        **by,
        kind=AuditKind.CLUSTER_CHANGED,
        subject=known.short_name,
        organisation_code=known.commissioner,
        before=cluster_facts(before),
        after=cluster_facts(after),
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


def details_event(
    kind: AuditKind,
    by: Author,
    person_id: str,
    code: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> AuditEvent:
    """What somebody has at an organisation was to change, or changed: roles, payment types, clusters."""
    return AuditEvent(**by, kind=kind, subject=person_id, organisation_code=code, before=before, after=after)


def details_impossible(by: Author, person_id: str, code: str, role: Role, why: str) -> AuditEvent:
    """A role that was to be given on User details couldn't be given any more."""
    return AuditEvent(
        **by,
        kind=AuditKind.GRANT_IMPOSSIBLE,
        subject=person_id,
        organisation_code=code,
        before={"state": RequestState.APPROVED.value},
        after={"problem": str(why), "role": role.value},
    )
