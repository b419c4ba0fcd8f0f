"""Tells those a request is with, worked out from Keycloak now: a notice each, and an e-mail if wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from directory.vocabulary import Standing
from portal.casework.closing import settle_notices
from portal.casework.current_state import organisation_asked
from portal.casework.eligible_approvers import EligibleApprovers
from portal.effects.effect import Concern, about_request, effect
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import News, about, tell
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.model.requests import AccessRequest, RequestKind
from portal.rules.calendar import LONDON
from portal.rules.routing import Rung
from portal.services import WorkerServices
from portal.store import audit

MAILS = {
    NoticeKind.REQUEST_NEW_ACCOUNT: MailKind.REQUEST_TO_DECIDE,
    NoticeKind.REQUEST_ADDITIONAL_ROLE: MailKind.REQUEST_TO_DECIDE,
    NoticeKind.REMINDER: MailKind.REQUEST_REMINDER,
    NoticeKind.ESCALATED: MailKind.REQUEST_ESCALATED,
}


@effect(EffectKind.TELL_APPROVERS)
@dataclass(frozen=True, slots=True)
class TellApprovers:
    """Those who may decide this request are to hear of it; `remind`: once more."""

    request_id: UUID
    remind: bool = False

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Passes an open request to those it is with now; who has been told of it there isn't told again."""
        request = session.get(AccessRequest, self.request_id, with_for_update=True)
        if request is None or not request.is_open:
            return None
        approvers = EligibleApprovers(services)
        organisation = organisation_asked(services, request)
        rung = approvers.rung_of(organisation, request)
        above = approvers.rung_above(organisation, request, rung) if request.escalated_at else None
        people = approvers.on(rung, organisation, request)
        higher = approvers.on(above, organisation, request) if above else []
        passed = _move_to(services, session, request, rung, len(people))
        still = [one.person.id for one in (*people, *higher)]
        settle_notices(session, request.id, services.clock(), still=still)
        _tell_all(services, session, request, people, first_notice(request))
        _tell_all(services, session, request, higher, NoticeKind.ESCALATED)
        if self.remind:
            _tell_all(services, session, request, people, NoticeKind.REMINDER)
        if passed is not None:
            audit.append(session, passed, services.clock())
        return None

    def concerns(self, session: Session) -> Concern:
        return about_request(session, self.request_id)


def queue(session: Session, request: AccessRequest, at: datetime, *, remind: bool = False) -> Effect:
    """Has those who may decide told, in turn with whatever else concerns the applicant."""
    urgency = Urgency.WHENEVER if remind else Urgency.SOON
    return queue_effect(session, TellApprovers(request.id, remind), request.email, at, urgency)


def first_notice(request: AccessRequest) -> NoticeKind:
    """What an approver's first notice of the request is called."""
    new = request.kind is RequestKind.NEW_ACCOUNT
    return NoticeKind.REQUEST_NEW_ACCOUNT if new else NoticeKind.REQUEST_ADDITIONAL_ROLE


def _move_to(
    services: WorkerServices, session: Session, request: AccessRequest, rung: Rung, people: int
) -> AuditEvent | None:
    """Notes whom the request is with; the event of its moving there, None when it was there."""
    organisation, before = rung.holding.organisation, _held(request)
    if (request.held_by_role, request.held_by_organisation) == (rung.role, organisation):
        return None
    request.routing += request.held_by_role is not None
    request.held_by_role, request.held_by_organisation = rung.role, organisation
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


def _tell_all(
    services: WorkerServices,
    session: Session,
    request: AccessRequest,
    people: Sequence[Standing],
    kind: NoticeKind,
) -> None:
    """Once each since the request came to where it is."""
    new, asked_on = request.kind is RequestKind.NEW_ACCOUNT, request.asked_at.astimezone(LONDON)
    news = News(
        kind,
        request.name,
        MAILS[kind],
        about(request, new_account=new, asked_on=f"{asked_on:%-d %B %Y}"),
        text=f"{request.role.label}, {request.organisation_name}",
        request_id=request.id,
        sequence=request.routing,
    )
    for standing in people:
        tell(services, session, standing.person, news)
