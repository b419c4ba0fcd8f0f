"""Tells people what was changed about their accounts on Keycloak's own pages, wanted or not.

Keycloak could mail most of it by itself, but nobody would see what became of such a mail. An address that was
changed is told at the old one: whoever has that mailbox hears of it though somebody else now has the account.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.contract import AccountEvent, AccountEventKind, Reader
from directory.errors import PersonNotFound
from portal.effects import send_mail
from portal.effects.notification import News, note
from portal.mirroring.reconcile import OVERLAP
from portal.model.mail import Mail, MailKind
from portal.model.mirror import MirrorPosition
from portal.model.notices import NoticeKind
from portal.rules.calendar import LONDON
from portal.services import WorkerServices, now

QUIET = timedelta(minutes=1)
"""After which it is noted that nothing happened."""
MAILS = {
    AccountEventKind.ADDRESS_CHANGED: MailKind.ADDRESS_CHANGED,
    AccountEventKind.CREDENTIAL_SET: MailKind.CREDENTIAL_SET,
    AccountEventKind.CREDENTIAL_REMOVED: MailKind.CREDENTIAL_REMOVED,
    AccountEventKind.LOCKED: MailKind.ACCOUNT_LOCKED,
    AccountEventKind.LOCKED_FOR_GOOD: MailKind.ACCOUNT_LOCKED_FOR_GOOD,
}


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
        told = [event for event in _untold(session, found) if _tell(services, session, event)]
        if told or position.told_to is None or since < asked_at - QUIET:
            _advance(session, max([since, asked_at - OVERLAP, *(event.at for event in found)]))
    return len(told)


def _untold(session: Session, found: Sequence[AccountEvent]) -> list[AccountEvent]:
    known = select(Mail.id).where(Mail.id.in_([_identity(event) for event in found]))
    told = set(session.scalars(known))
    return [event for event in found if _identity(event) not in told]


def _tell(services: WorkerServices, session: Session, event: AccountEvent) -> bool:
    """Whether there is somebody to tell. The message's id follows from the event's."""
    address = event.before or _address(services.reader, event.person_id)
    if not address:
        return False
    if event.kind is AccountEventKind.ADDRESS_CHANGED:
        note(services, session, event.person_id, _new_address(event))
    context = {"before": event.before, "after": event.after, "credential": event.credential}
    said = context | {"on": _on(event.at)}
    send_mail.write(services, session, address, MAILS[event.kind], said, identity=_identity(event))
    return True


def _address(reader: Reader, person_id: str) -> str:
    """Empty when the account is gone."""
    try:
        return reader.person(person_id).email
    except PersonNotFound:
        return ""


def _identity(event: AccountEvent) -> UUID:
    return uuid5(NAMESPACE_URL, f"keycloak-event:{event.id}")


def _on(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%-d %B %Y at %H:%M}"


def _new_address(event: AccountEvent) -> News:
    return News(
        NoticeKind.ADDRESS_CHANGED,
        "Your account",
        MailKind.ADDRESS_CHANGED,
        {},
        text=f"Your email address was changed from {event.before} to {event.after}.",
        about_security=True,
    )


def _advance(session: Session, told_to: datetime) -> None:
    position = session.get(MirrorPosition, 1, with_for_update=True)
    if position is not None:
        position.told_to = told_to
