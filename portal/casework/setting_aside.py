"""Open requests of a disabled person: set aside while the account is, and open again with it.

Nobody decides them meanwhile, no deadline runs, and those who were to decide are told anew afterwards.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from directory.vocabulary import Person
from portal.casework.closing import Closing, close, settle_notices
from portal.model.audit import AuditEvent, AuditKind
from portal.model.requests import TRANSITIONS, AccessRequest, RequestState
from portal.services import Services
from portal.store import audit

ASKED_AGAIN = "The same was asked for again."


def set_aside(session: Session, person: Person, at: datetime) -> None:
    """Sets aside what the person asked for; nothing when that is done."""
    for request in _of(session, person, RequestState.OPEN):
        _move(session, request, RequestState.SET_ASIDE, AuditKind.REQUEST_SET_ASIDE, at)
        request.set_aside_at = at
        settle_notices(session, request.id, at)
    session.flush()


def bring_back(services: Services, session: Session, person: Person, at: datetime) -> list[AccessRequest]:
    """Opens again what was set aside, as waiting for nobody yet: who calls has it passed on. What was opened.

    What was asked for again meanwhile lapses, so that it isn't asked for twice.
    """
    opened = []
    for request in _of(session, person, RequestState.SET_ASIDE):
        if _asked_again(session, request):
            closing = Closing(RequestState.LAPSED, at, ASKED_AGAIN)
            close(services, session, request.id, closing, RequestState.SET_ASIDE)
            continue
        _move(session, request, RequestState.OPEN, AuditKind.REQUEST_BROUGHT_BACK, at)
        request.paused += at - (request.set_aside_at or at)
        request.set_aside_at = request.held_by_role = request.held_by_organisation = request.held_since = None
        request.routing += 1
        opened.append(request)
        session.flush()
    return opened


def _of(session: Session, person: Person, state: RequestState) -> list[AccessRequest]:
    """By account, and by address where they name none; locked, so that nobody decides them meanwhile."""
    own: ColumnElement[bool] = or_(
        AccessRequest.person_id == person.id,
        and_(AccessRequest.person_id.is_(None), AccessRequest.email == person.email.lower()),
    )
    wanted = select(AccessRequest).where(own, AccessRequest.state == state).order_by(AccessRequest.asked_at)
    return list(session.scalars(wanted.with_for_update()))


def _asked_again(session: Session, request: AccessRequest) -> bool:
    other = aliased(AccessRequest)
    same = (
        or_(other.person_id == request.person_id, other.email == request.email),
        other.organisation_code == request.organisation_code,
        other.role == request.role,
        other.state == RequestState.OPEN,
    )
    return bool(session.scalar(select(exists().where(*same))))


def _move(session: Session, request: AccessRequest, to: RequestState, kind: AuditKind, at: datetime) -> None:
    assert to in TRANSITIONS[request.state]  # noqa: S101 - the callers offer no other
    event = AuditEvent(
        kind=kind,
        subject=request.person_id or request.email,
        organisation_code=request.organisation_code,
        request_id=request.id,
        before={"state": request.state.value},
        after={"state": to.value, "role": request.role.value, "name": request.name},
    )
    request.state, request.version = to, request.version + 1
    audit.append(session, event, at)
