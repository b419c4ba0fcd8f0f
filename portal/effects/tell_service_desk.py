"""Tells the Service Desk of an approved request that couldn't be applied: a part of the grant's effect."""

from sqlalchemy.orm import Session

from portal.effects.notification import News, about, note, write
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.model.requests import AccessRequest
from portal.services import WorkerServices


def tell(services: WorkerServices, session: Session, request: AccessRequest) -> None:
    """A notice to each of them, and an e-mail to the service desk's address."""
    news = News(
        NoticeKind.NOT_APPLIED,
        request.name,
        MailKind.NOT_APPLIED,
        about(request, problem=request.problem),
        text=request.problem,
        request_id=request.id,
    )
    for standing in services.reader.service_desk():
        note(services, session, standing.person.id, news)
    write(services, session, services.settings.service_desk_email, news)
