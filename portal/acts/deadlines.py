"""What happens to requests that nobody answers: a reminder, a step up, and at last they lapse."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.casework import invitations as casework
from portal.casework.audit_events import THE_PORTAL
from portal.casework.closing import Closing, close
from portal.effects import end_invitation, tell_approvers, tell_requester
from portal.model.audit import AuditKind
from portal.model.invitations import Invitation, InvitationState
from portal.model.requests import AccessRequest, RequestState
from portal.rules.deadlines import Limits, Step, Waiting, due
from portal.rules.errors import AlreadyDecided, InvitationEnded
from portal.services import Services
from portal.store import audit
from portal.store.queries import invitations, requests

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


def lapse_invitations(services: Services) -> int:
    """Ends what nobody accepted in time, each once; how many."""
    at = services.clock()
    with services.sessions() as session:
        due_now = [one.id for one in invitations.due_to_lapse(session, at)]
    return sum(_lapse_invitation(services, one, at) for one in due_now)


def _lapse_invitation(services: Services, invitation_id: UUID, at: datetime) -> bool:
    try:
        with services.sessions.begin() as session:
            still = Invitation.lapses_at <= at
            one = casework.close(session, invitation_id, InvitationState.LAPSED, at, still)
            end_invitation.queue(session, one, at)
            event = casework.invitation_event(AuditKind.INVITATION_LAPSED, one, THE_PORTAL)
            audit.append(session, event, at)
    except InvitationEnded:  # accepted, cancelled or sent again at the same moment
        return False
    return True


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
