"""Tells the applicant that their request was rejected or has lapsed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person
from portal.effects.effect import Concern, about_request, effect
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import News, about, tell, write
from portal.mail.theirs import quoted
from portal.model.effects import Effect, EffectKind
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.model.requests import AccessRequest, RequestState
from portal.services import WorkerServices

OUTCOMES = {
    RequestState.REJECTED: (NoticeKind.REQUEST_REJECTED, MailKind.REQUEST_REJECTED),
    RequestState.LAPSED: (NoticeKind.LAPSED, MailKind.REQUEST_LAPSED),
    RequestState.APPROVED: (NoticeKind.REQUEST_APPROVED, MailKind.ROLE_ADDED),
}


@effect(EffectKind.TELL_REQUESTER)
@dataclass(frozen=True, slots=True)
class TellRequester:
    """Whoever made this request is to hear what became of it."""

    request_id: UUID

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Those with an account are told there too; those without by e-mail, which they gave for this."""
        request = session.get(AccessRequest, self.request_id)
        if request is None or request.state not in OUTCOMES:
            return None
        person = _applicant(services, request)
        if person is None:
            write(services, session, request.email, outcome(request))
        else:
            tell(services, session, person, outcome(request))
        return None

    def concerns(self, session: Session) -> Concern:
        return about_request(session, self.request_id)


def queue(session: Session, request: AccessRequest, at: datetime) -> Effect:
    """Has the applicant told, in turn with whatever else concerns them."""
    return queue_effect(session, TellRequester(request.id), request.email, at)


def outcome(request: AccessRequest) -> News:
    """What became of a closed request."""
    notice, mail = OUTCOMES[request.state]
    return News(
        notice,
        f"{request.role.label}, {request.organisation_name}",
        mail,
        about(request),
        text=_why(request),
        request_id=request.id,
    )


def _why(request: AccessRequest) -> str:
    """An approver's reason as their own words; why a request lapsed is ours."""
    reason = request.decision_reason
    theirs = reason and request.state is not RequestState.LAPSED
    return f"The reason given: {quoted(reason)}" if theirs else reason


def _applicant(services: WorkerServices, request: AccessRequest) -> Person | None:
    """The account it is for; where it names none, the one that has come to its address since."""
    if request.person_id is None:
        return services.reader.person_by_email(request.email)
    try:
        return services.reader.person(request.person_id)
    except PersonNotFound:
        return None
