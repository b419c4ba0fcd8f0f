"""The one way in which people are told something: a notice in the portal, and an e-mail if they want them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.vocabulary import Person
from portal.effects import send_mail
from portal.model.mail import MailKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest
from portal.services import WorkerServices


@dataclass(frozen=True, slots=True)
class News:
    """What there is to tell. `name` and `text` stand on the notifications page, `context` makes the e-mail.

    News of one kind about one request is told to a person once, or once for each `sequence`; news about no
    request each time. `about_security`: e-mailed to those too who want no e-mails.
    """

    notice: NoticeKind
    name: str
    mail: MailKind
    context: Mapping[str, Any]
    text: str = ""
    request_id: UUID | None = None
    sequence: int = 0
    about_security: bool = False


def about(request: AccessRequest, **more: Any) -> dict[str, Any]:
    """What the words of a message about a request are made of."""
    return {
        "name": request.name,
        "email": request.email,
        "organisation": request.organisation_name,
        "code": request.organisation_code,
        "role": request.role.label,
        "reason": request.reason,
        "decision_reason": request.decision_reason,
        "request_id": str(request.id),
    } | more


def tell(services: WorkerServices, session: Session, person: Person, news: News) -> None:
    """Tells somebody with an account what they have not been told yet."""
    if note(services, session, person.id, news) and (person.wants_email or news.about_security):
        write(services, session, person.email, news)


def note(services: WorkerServices, session: Session, person_id: str, news: News) -> bool:
    """Writes the notice alone; whether it was news to them."""
    values = {
        "person_id": person_id,
        "kind": news.notice,
        "name": news.name,
        "text": news.text,
        "request_id": news.request_id,
        "sequence": news.sequence,
        "created_at": services.clock(),
    }
    statement = insert(Notice).values(values).on_conflict_do_nothing().returning(Notice.id)
    return session.scalars(statement).one_or_none() is not None


def write(services: WorkerServices, session: Session, address: str, news: News) -> None:
    """Sends the e-mail alone, as to an address that has no account."""
    send_mail.write(services, session, address, news.mail, dict(news.context), news.request_id)
