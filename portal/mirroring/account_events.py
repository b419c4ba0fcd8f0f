"""Tells people what was changed about their accounts on Keycloak's own pages, wanted or not.

An address that was changed is told at the old one too: whoever has the mailbox hears of it though somebody
else now has the account.
"""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from directory.contract import AccountEvent
from portal.effects import send_mail
from portal.effects.notification import News, note
from portal.mirroring.reconcile import OVERLAP
from portal.model.mail import Mail, MailKind
from portal.model.mirror import MirrorPosition
from portal.model.notices import NoticeKind
from portal.services import WorkerServices, now

QUIET = timedelta(minutes=1)
"""After which it is noted that nothing happened."""


def tell_account_events(services: WorkerServices) -> int:
    """Tells of what happened since last time; of how much. Raises DirectoryUnavailable.

    An event can be read a little after its moment, so each is read again for a while, and told of once.
    """
    asked_at = now()
    with services.sessions() as session:
        position = session.get(MirrorPosition, 1)
    if position is None:
        return 0
    since = position.told_to or position.read_to
    found = services.reader.account_events(since - OVERLAP)
    with services.sessions.begin() as session:
        told = [event for event in found if _tell(services, session, event)]
        if told or position.told_to is None or since < asked_at - QUIET:
            _advance(session, max([since, asked_at - OVERLAP, *(event.at for event in found)]))
    return len(told)


def _tell(services: WorkerServices, session: Session, event: AccountEvent) -> bool:
    """Whether it was news. The message's id follows from the event's."""
    identity = _identity(event)
    if session.get(Mail, identity):
        return False
    news = _news(event)
    note(services, session, event.person_id, news)
    send_mail.write(services, session, event.before, news.mail, dict(news.context), identity=identity)
    return True


def _identity(event: AccountEvent) -> UUID:
    return uuid5(NAMESPACE_URL, f"keycloak-event:{event.id}")


def _news(event: AccountEvent) -> News:
    return News(
        NoticeKind.ADDRESS_CHANGED,
        "Your account",
        MailKind.ADDRESS_CHANGED,
        {"before": event.before, "after": event.after},
        text=f"Your email address was changed from {event.before} to {event.after}.",
        about_security=True,
    )


def _advance(session: Session, told_to: datetime) -> None:
    position = session.get(MirrorPosition, 1, with_for_update=True)
    if position is not None:
        position.told_to = told_to
