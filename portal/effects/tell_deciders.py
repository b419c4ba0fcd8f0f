"""Tells those a request is with, worked out from Keycloak now: a notice each, and an e-mail if wanted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.vocabulary import Standing
from portal.casework.closing import settle_notices
from portal.casework.current_state import Ladder, organisation_asked
from portal.mail import compose
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect
from portal.model.mail import MailKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest, RequestKind
from portal.rules.calendar import LONDON
from portal.rules.routing import Rung
from portal.services import Services
from portal.store import audit

MAILS = {
    NoticeKind.REQUEST_NEW_ACCOUNT: MailKind.REQUEST_TO_DECIDE,
    NoticeKind.REQUEST_ADDITIONAL_ROLE: MailKind.REQUEST_TO_DECIDE,
    NoticeKind.REMINDER: MailKind.REQUEST_REMINDER,
    NoticeKind.ESCALATED: MailKind.REQUEST_ESCALATED,
}


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Passes an open request to those it sits with now. Those already told of it there aren't told again."""
    request = session.get(AccessRequest, UUID(effect.payload["request_id"]), with_for_update=True)
    if request is None or not request.is_open:
        return None
    ladder = Ladder(services)
    organisation = organisation_asked(services, request)
    rung = ladder.holder(organisation, request)
    above = ladder.above(organisation, request, rung) if request.escalated_at else None
    people = ladder.deciders(rung, request)
    higher = ladder.deciders(above, request) if above else []
    passed = _move_to(services, session, request, rung, len(people))
    settle_notices(session, request.id, services.clock(), still=[one.person.id for one in (*people, *higher)])
    _tell_all(services, session, request, people, kind_of(request))
    _tell_all(services, session, request, higher, NoticeKind.ESCALATED)
    if effect.payload.get("remind"):
        _tell_all(services, session, request, people, NoticeKind.REMINDER)
    if passed is not None:
        audit.append(session, passed, services.clock())
    return None


def _move_to(
    services: Services, session: Session, request: AccessRequest, rung: Rung, people: int
) -> AuditEvent | None:
    """Notes whom the request sits with; the event of its moving there, None when it was there."""
    place, before = rung.holding.organisation, _held(request)
    if (request.held_by_role, request.held_by_organisation) == (rung.role, place):
        return None
    request.routing += request.held_by_role is not None
    request.held_by_role, request.held_by_organisation = rung.role, place
    request.held_since = services.clock()
    session.flush()
    return AuditEvent(
        kind=AuditKind.REQUEST_PASSED,
        subject=request.person_id or request.email,
        organisation_code=request.organisation_code,
        request_id=request.id,
        before=before,
        after=_held(request) | {"people": people},
    )


def _held(request: AccessRequest) -> dict[str, Any]:
    role = request.held_by_role
    return {"held_by": role.value if role else None, "held_at": request.held_by_organisation}


def kind_of(request: AccessRequest) -> NoticeKind:
    """What a decider's first notice of the request is called."""
    new = request.kind is RequestKind.NEW_ACCOUNT
    return NoticeKind.REQUEST_NEW_ACCOUNT if new else NoticeKind.REQUEST_ADDITIONAL_ROLE


def _tell_all(
    services: Services, session: Session, request: AccessRequest, people: Sequence[Standing], kind: NoticeKind
) -> None:
    at = services.clock()
    for standing in people:
        if _note(session, request, standing.person.id, kind, at) and standing.person.wants_email:
            context = compose.about(
                request,
                new_account=request.kind is RequestKind.NEW_ACCOUNT,
                asked_on=f"{request.asked_at.astimezone(LONDON):%-d %B %Y}",
            )
            to = standing.person.email
            compose.queue(session, services.settings, to, MAILS[kind], context, at, request.id)


def _note(session: Session, request: AccessRequest, person_id: str, kind: NoticeKind, at: datetime) -> bool:
    """Whether the person had no such notice yet since the request came to where it is."""
    values = {
        "person_id": person_id,
        "kind": kind,
        "name": request.name,
        "text": f"{request.role.label}, {request.organisation_name}",
        "request_id": request.id,
        "sequence": request.routing,
        "created_at": at,
    }
    statement = insert(Notice).values(values).on_conflict_do_nothing().returning(Notice.id)
    return session.scalars(statement).one_or_none() is not None
