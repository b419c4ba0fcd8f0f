"""Tells the Service Desk of an approved request that couldn't be applied."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.mail import compose
from portal.model.mail import MailKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest
from portal.services import Services


def tell_service_desk(services: Services, session: Session, request: AccessRequest) -> None:
    """A notice to each of them, and an e-mail to the service desk's address."""
    at = services.clock()
    for standing in services.reader.service_desk():
        values = {
            "person_id": standing.person.id,
            "kind": NoticeKind.NOT_APPLIED,
            "name": request.name,
            "text": request.problem,
            "request_id": request.id,
            "created_at": at,
        }
        session.execute(insert(Notice).values(values).on_conflict_do_nothing())
    settings = services.settings
    context = compose.about(request, problem=request.problem)
    to = settings.service_desk_email
    compose.queue(session, settings, to, MailKind.NOT_APPLIED, context, at, request.id)
