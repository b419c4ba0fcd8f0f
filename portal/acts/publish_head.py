"""Puts the audit's newest entry outside the database: whoever cuts entries off there can't do so here."""

from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select

from portal.effects import send_mail
from portal.model.mail import Mail, MailKind
from portal.services import WorkerServices
from portal.store import audit
from portal.store.audit import Head

MAIL_EVERY = timedelta(days=1)
log = structlog.get_logger()


class HeadFileUnwritable(Exception):
    """The file that the operator named can't be added to."""


def publish_head(services: WorkerServices) -> None:
    """To the log, and to the file and the address that the settings name.

    Raises HeadFileUnwritable, after the log has it.
    """
    with services.sessions() as session:
        newest = audit.head(session)
    if newest is None:
        return
    log.info("audit-head", head=str(newest))
    _mail(services, newest)
    _add_to_file(services, newest)


def _add_to_file(services: WorkerServices, newest: Head) -> None:
    """A line with the time and the head, unless the last line has it already."""
    if not services.settings.audit_head_file:
        return
    file = Path(services.settings.audit_head_file)
    try:
        before = file.read_text() if file.exists() else ""
        if not before.rstrip().endswith(f" {newest}"):
            with file.open("a") as added:
                added.write(f"{services.clock().isoformat(timespec='seconds')} {newest}\n")
    except OSError as fault:
        raise HeadFileUnwritable(f"CQRS_AUDIT_HEAD_FILE: {fault}") from fault


def _mail(services: WorkerServices, newest: Head) -> None:
    to, at = services.settings.audit_head_mail, services.clock()
    if not to:
        return
    lately = select(Mail.id).where(
        Mail.kind == MailKind.AUDIT_HEAD, Mail.to_address == to, Mail.created_at > at - MAIL_EVERY
    )
    with services.sessions.begin() as session:
        if session.scalars(lately.limit(1)).first() is None:
            send_mail.write(services, session, to, MailKind.AUDIT_HEAD, {"head": str(newest)})
