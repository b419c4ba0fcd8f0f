"""What every act needs, gathered in one object that is made when a process starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

from directory.contract import Reader, Writer
from portal.mail.sender import Sender, SmtpSender
from portal.settings import Settings
from portal.store.engine import make_engine, make_sessions


@dataclass(frozen=True, slots=True)
class Services:
    """The outside world as the acts see it: Keycloak, the database, the mail server and the time.

    `clock` gives the present moment with its zone.
    """

    settings: Settings
    reader: Reader
    writer: Writer
    sessions: sessionmaker[Session]
    post: Sender
    clock: Callable[[], datetime]


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def build(settings: Settings) -> Services:
    """The real ones. Nothing is connected to until first used."""
    from directory.reader import KeycloakReader  # noqa: PLC0415
    from directory.writer import KeycloakWriter  # noqa: PLC0415

    return Services(
        settings=settings,
        reader=KeycloakReader(settings.connection("reader")),
        writer=KeycloakWriter(settings.connection("writer"), f"{settings.portal_url}/signin/callback"),
        sessions=make_sessions(make_engine(settings.database_url)),
        post=SmtpSender(settings.smtp_host, settings.smtp_port),
        clock=now,
    )
