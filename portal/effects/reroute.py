"""Something changed about who decides at an organisation: finds the open requests that must go to others.

Only reads, and writes an effect for each request that moved or has somebody new to tell, so that no request
is held up while the others are looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Standing
from portal.casework.closing import TO_APPROVERS
from portal.casework.current_state import organisation_asked
from portal.casework.eligible_approvers import EligibleApprovers
from portal.effects import tell_approvers
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest
from portal.services import Services, WorkerServices
from portal.store.queries import requests


@effect(EffectKind.REROUTE)
@dataclass(frozen=True, slots=True)
class Reroute:
    """Who decides at this organisation may have changed; the empty code stands for the Service Desk."""

    organisation: str

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Looks at every open request at the organisation and below it."""
        pass_on(services, session, requests.open_beneath(session, self.organisation))
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.organisation, self.organisation)


def queue(session: Session, code: str, at: datetime) -> Effect:
    """Has the open requests at an organisation and below it looked at again.

    One that waits already, and that nobody is doing at this moment, is enough.
    """
    key = f"reroute:{code}"
    waiting = select(Effect).where(Effect.key == key, Effect.done_at.is_(None), Effect.parked_at.is_(None))
    found = session.scalars(waiting.limit(1).with_for_update(skip_locked=True)).first()
    return found or queue_effect(session, Reroute(code), key, at)


def pass_on(services: Services, session: Session, affected: Iterable[AccessRequest]) -> int:
    """Has those of the requests passed on that are with others now, or with somebody not told; how many."""
    approvers, moved = EligibleApprovers(services), 0
    for request in affected:
        if _needs_telling(services, session, approvers, request):
            moved += 1
            tell_approvers.queue(session, request, services.clock())
    return moved


def _needs_telling(
    services: Services, session: Session, approvers: EligibleApprovers, request: AccessRequest
) -> bool:
    organisation = organisation_asked(services, request)
    rung = approvers.rung_of(organisation, request)
    if (request.held_by_role, request.held_by_organisation) != (rung.role, rung.holding.organisation):
        return True
    above = approvers.rung_above(organisation, request, rung) if request.escalated_at else None
    people = _ids(approvers.on(rung, organisation, request))
    higher = _ids(approvers.on(above, organisation, request)) if above else set()
    told = session.scalars(select(Notice).where(Notice.request_id == request.id)).all()
    return (
        not people <= _told(told, request, tell_approvers.first_notice(request))
        or not higher <= _told(told, request, NoticeKind.ESCALATED)
        or not _waiting_for(told) <= people | higher
    )


def _ids(people: Sequence[Standing]) -> set[str]:
    return {standing.person.id for standing in people}


def _told(notices: Sequence[Notice], request: AccessRequest, kind: NoticeKind) -> set[str]:
    """Who was told so since the request came to where it is."""
    return {one.person_id for one in notices if one.kind is kind and one.sequence == request.routing}


def _waiting_for(notices: Sequence[Notice]) -> set[str]:
    """Whose notifications still say that it is theirs to decide."""
    return {one.person_id for one in notices if one.kind in TO_APPROVERS and one.read_at is None}
