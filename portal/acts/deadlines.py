"""What happens to requests that nobody answers: a reminder, a step up, and at last they lapse."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.casework.closing import Closing, close
from portal.effects import tell_approvers, tell_requester
from portal.model.requests import AccessRequest, RequestState
from portal.rules.deadlines import Limits, Step, Waiting, due
from portal.rules.errors import AlreadyDecided
from portal.services import Services
from portal.store.queries import requests

NOBODY_ANSWERED = "Nobody answered it in time."
COLUMNS = {Step.REMIND: AccessRequest.reminded_at, Step.ESCALATE: AccessRequest.escalated_at}


def meet_deadlines(services: Services) -> int:
    """Takes every step that is due, each once, also after a standstill; how many requests it concerned."""
    settings, at = services.settings, services.clock()
    limits = Limits(settings.remind_after, settings.escalate_after, settings.lapse_after)
    with services.sessions() as session:
        waiting = requests.all_open(session)
    taken = 0
    for request in waiting:
        facts = Waiting(request.asked_at + request.paused, request.reminded_at, request.escalated_at)
        steps = due(facts, at, limits)
        taken += bool(steps) and _take(services, request, steps, at)
    return taken


def _take(services: Services, request: AccessRequest, steps: Sequence[Step], at: datetime) -> bool:
    with services.sessions.begin() as session:
        if Step.LAPSE in steps:
            return _lapse(services, session, request, at)
        return _pass_on(session, request, steps, at)


def _lapse(services: Services, session: Session, request: AccessRequest, at: datetime) -> bool:
    try:
        close(services, session, request.id, Closing(RequestState.LAPSED, at, NOBODY_ANSWERED))
    except AlreadyDecided:
        return False
    tell_requester.queue(session, request, at)
    return True


def _pass_on(session: Session, request: AccessRequest, steps: Sequence[Step], at: datetime) -> bool:
    """Claims the steps that nobody else has taken, and has the people told."""
    claim = update(AccessRequest).where(
        AccessRequest.id == request.id,
        AccessRequest.state == RequestState.OPEN,
        *(COLUMNS[step].is_(None) for step in steps),
    )
    values = {COLUMNS[step].key: at for step in steps}
    claimed = session.scalars(claim.values(values).returning(AccessRequest.id)).one_or_none()
    if claimed is None:
        return False
    tell_approvers.queue(session, request, at, remind=Step.REMIND in steps)
    return True
