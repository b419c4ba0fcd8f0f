"""A provider changes between single-level and multi-level approval."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.vocabulary import ApprovalLevel, Organisation, Person, Role
from portal.acts.origin import Origin
from portal.casework.audit_events import Author, author
from portal.casework.current_state import actor_now, organisation_now
from portal.effects import approval_level, step_down
from portal.model.audit import AuditEvent, AuditKind
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import NotAllowed, OutOfDate
from portal.rules.levels import may_switch_level
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold


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


def preview(services: Services, asked_by: ActingAs, code: str) -> LevelChange:
    """What changing the provider to its other level would do. Raises NotAllowed, NothingFound."""
    with services.sessions() as session:
        return _judged(services, session, actor_now(services, asked_by), code)


def _judged(services: Services, session: Session, actor: Actor, code: str) -> LevelChange:
    organisation = organisation_now(services, code)
    verdict = may_switch_level(actor, organisation)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    single = organisation.approval_level is ApprovalLevel.SINGLE
    level = ApprovalLevel.MULTI if single else ApprovalLevel.SINGLE
    approvers = () if single else _approvers(services, organisation)
    asked = _open_by_role(session, organisation.code)
    lapsing = 0 if single else asked.get(Role.PROVIDER_APPROVER, 0)
    return LevelChange(organisation, level, approvers, sum(asked.values()) - lapsing, lapsing)


def _approvers(services: Services, organisation: Organisation) -> tuple[Person, ...]:
    holders = services.reader.holders(organisation, Role.PROVIDER_APPROVER)
    return tuple(
        sorted((holder.person for holder in holders), key=lambda person: person.display_name.casefold())
    )


def _open_by_role(session: Session, code: str) -> dict[Role, int]:
    statement = (
        select(AccessRequest.role, func.count())
        .where(AccessRequest.organisation_code == code, AccessRequest.state == RequestState.OPEN)
        .group_by(AccessRequest.role)
    )
    return dict(session.execute(statement).all())


def switch(
    services: Services,
    asked_by: ActingAs,
    code: str,
    level: ApprovalLevel,
    confirmed: Collection[str],
    origin: Origin,
) -> LevelChange:
    """Changes the level; to single-level, each Provider Approver becomes a Provider User.

    `confirmed` are the ids of the approvers whom the confirmation page named. Keycloak is changed at once as
    far as it answers, and by the worker otherwise; open requests move with it. Asking for the level that it
    has or is to have, and asking again, change nothing. Raises NotAllowed, NothingFound, and OutOfDate when
    the approvers are no longer those named, or when somebody else has just asked for the other level.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.REMOVALS, code)
        # First what is under way and then Keycloak: what is done in between is seen in one of the two.
        under_way = approval_level.under_way(session, code)
        actor = actor_now(services, asked_by)
        change = _judged(services, session, actor, code)
        if under_way and under_way[1] is level:
            effect_id = under_way[0]
        elif under_way is None and change.level is not level:
            return replace(change, applied=True)
        else:
            effect_id = _ask(services, session, actor, change, level, confirmed, origin)
    return replace(change, applied=_applied(services, effect_id, change.organisation.code))


def _ask(
    services: Services,
    session: Session,
    actor: Actor,
    change: LevelChange,
    level: ApprovalLevel,
    confirmed: Collection[str],
    origin: Origin,
) -> int:
    """Has the level changed; the effect's id. Raises OutOfDate when it isn't as it was shown."""
    if change.level is not level or {person.id for person in change.approvers} != set(confirmed):
        raise OutOfDate(change.organisation.code)
    by, at = author(actor, origin.address), services.clock()
    effect = approval_level.queue(session, change.organisation.code, level, by, at)
    audit.append(session, _event(change, by), at)
    return effect.id


def _applied(services: Services, effect_id: int, code: str) -> bool:
    """Waits for the level, and then for those who step down by it."""
    if not services.wait([effect_id]):
        return False
    with services.sessions() as session:
        stepping_down = step_down.waiting(session, code)
    services.wait(stepping_down)
    return True


def _event(change: LevelChange, by: Author) -> AuditEvent:
    return AuditEvent(
        **by,
        kind=AuditKind.LEVEL_CHANGE_ASKED,
        subject=change.organisation.code,
        organisation_code=change.organisation.code,
        before={"level": change.organisation.approval_level.value},
        after={"level": change.level.value, "people": [person.display_name for person in change.approvers]},
    )
