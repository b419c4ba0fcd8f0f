"""Tells the applicant that their request was rejected or has lapsed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person
from portal.mail import compose
from portal.model.effects import Effect
from portal.model.mail import MailKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest, RequestState
from portal.services import Services

SAYS = {
    RequestState.REJECTED: (NoticeKind.REQUEST_REJECTED, MailKind.REQUEST_REJECTED),
    RequestState.LAPSED: (NoticeKind.LAPSED, MailKind.REQUEST_LAPSED),
    RequestState.APPROVED: (NoticeKind.REQUEST_APPROVED, MailKind.ROLE_ADDED),
}


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """A notice if the applicant has an account, and an e-mail unless they want none."""
    request = session.get(AccessRequest, UUID(effect.payload["request_id"]))
    if request is None or request.state not in SAYS:
        return None
    person = _applicant(services, request)
    note(services, session, request, person)
    if person is None or person.wants_email:
        mail(services, session, request, person)
    return None


def _applicant(services: Services, request: AccessRequest) -> Person | None:
    """The account it is for; where it names none, the one that has come to its address since."""
    if request.person_id is None:
        return services.reader.person_by_email(request.email)
    try:
        return services.reader.person(request.person_id)
    except PersonNotFound:
        return None


def note(services: Services, session: Session, request: AccessRequest, person: Person | None) -> None:
    """Puts the outcome in the notices of somebody who has an account."""
    if person is None:
        return
    values = {
        "person_id": person.id,
        "kind": SAYS[request.state][0],
        "name": f"{request.role.label}, {request.organisation_name}",
        "text": request.decision_reason,
        "request_id": request.id,
        "created_at": services.clock(),
    }
    session.execute(insert(Notice).values(values).on_conflict_do_nothing())


def mail(services: Services, session: Session, request: AccessRequest, person: Person | None) -> None:
    """Mails the outcome to the account's address as it is now, or to the one asked from."""
    kind, context = SAYS[request.state][1], compose.about(request)
    to = person.email if person else request.email
    compose.queue(session, services.settings, to, kind, context, services.clock(), request.id)
