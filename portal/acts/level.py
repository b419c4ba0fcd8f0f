"""A provider changes between single-level and multi-level approval."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from directory.vocabulary import ApprovalLevel, Organisation, Person, Role
from portal.acts.origin import Origin
from portal.casework.audit_events import Author, author
from portal.casework.current_state import actor_now, organisation_now
from portal.effects.runner import apply_now, run_due
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import EffectKind
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import Actor
from portal.rules.errors import NotAllowed, OutOfDate
from portal.rules.levels import may_switch_level
from portal.services import Services
from portal.store import audit, outbox


@dataclass(frozen=True, slots=True)
class LevelChange:
    """What a change of level will do. `approvers` step down by it: nobody when going to multi-level.

    `moving` is how many open requests will go to somebody else; `lapsing` how many ask for Provider Approver,
    which a single-level provider doesn't offer, so that they lapse and the applicants are told. `applied` is
    whether Keycloak holds the new level already.
    """

    organisation: Organisation
    level: ApprovalLevel
    approvers: tuple[Person, ...]
    moving: int
    lapsing: int
    applied: bool = False


def preview(services: Services, actor: Actor, code: str) -> LevelChange:
    """What changing the provider to its other level would do. Raises NotAllowed, NothingFound."""
    now = actor_now(services, actor.id, actor.holding)
    organisation = organisation_now(services, code)
    verdict = may_switch_level(now, organisation)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    single = organisation.approval_level is ApprovalLevel.SINGLE
    level = ApprovalLevel.MULTI if single else ApprovalLevel.SINGLE
    approvers = () if single else _approvers(services, organisation)
    asked = _open_by_role(services, organisation.code)
    lapsing = 0 if single else asked.get(Role.PROVIDER_APPROVER, 0)
    return LevelChange(organisation, level, approvers, sum(asked.values()) - lapsing, lapsing)


def _approvers(services: Services, organisation: Organisation) -> tuple[Person, ...]:
    holders = services.reader.holders(organisation, Role.PROVIDER_APPROVER)
    return tuple(
        sorted((holder.person for holder in holders), key=lambda person: person.display_name.casefold())
    )


def _open_by_role(services: Services, code: str) -> dict[Role, int]:
    statement = (
        select(AccessRequest.role, func.count())
        .where(AccessRequest.organisation_code == code, AccessRequest.state == RequestState.OPEN)
        .group_by(AccessRequest.role)
    )
    with services.sessions() as session:
        return dict(session.execute(statement).all())


def switch(
    services: Services,
    actor: Actor,
    code: str,
    level: ApprovalLevel,
    confirmed: Collection[str],
    origin: Origin,
) -> LevelChange:
    """Changes the level; to single-level, each Provider Approver becomes a Provider User.

    `confirmed` are the ids of the approvers whom the confirmation page named. Keycloak is changed at once as
    far as it answers, and by the worker otherwise; open requests move with it. Asking for the level that it
    has, and asking again, change nothing. Raises NotAllowed, NothingFound, and OutOfDate when the approvers
    are no longer those named.
    """
    change = preview(services, actor, code)
    if change.level is not level:
        return replace(change, applied=True)
    if {person.id for person in change.approvers} != set(confirmed):
        raise OutOfDate(code)
    key, by = outbox.organisation_key(change.organisation.code), author(actor, origin.address)
    with services.sessions.begin() as session:
        at = services.clock()
        effect = outbox.add(session, EffectKind.APPROVAL_LEVEL, key, _payload(change, by), at)
        audit.append(session, _event(change, by), at)
    applied = apply_now(services, effect)
    for person in change.approvers:
        run_due(services, person.email.lower(), {EffectKind.STEP_DOWN})
    return replace(change, applied=applied)


def _payload(change: LevelChange, by: Author) -> dict[str, Any]:
    return {"organisation": change.organisation.code, "level": change.level.value, "author": by}


def _event(change: LevelChange, by: Author) -> AuditEvent:
    return AuditEvent(
        **by,
        kind=AuditKind.LEVEL_CHANGE_ASKED,
        subject=change.organisation.code,
        organisation_code=change.organisation.code,
        before={"level": change.organisation.approval_level.value},
        after={"level": change.level.value, "people": [person.display_name for person in change.approvers]},
    )
