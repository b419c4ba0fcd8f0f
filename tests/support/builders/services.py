"""The portal's services for a test: its own database and directory, a post that is kept, a clock to move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import lru_cache

from sqlalchemy import Dialect
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.util import LRUCache

from directory.contract import Reader, Writer
from portal.mail.sender import MailRefused, MailUnavailable
from portal.services import WorkerServices
from portal.settings import WorkerSettings
from portal.store.engine import make_engine, make_sessions
from tests.support.builders.worker_at_once import with_worker_at_once
from tests.support.servers.running import AUDIT_KEY

ENVIRONMENT = {
    "CQRS_ENVIRONMENT": "development",
    "CQRS_PORTAL_URL": "http://localhost:8000",
    "CQRS_KEYCLOAK_URL": "http://localhost:1",
    "CQRS_PORTAL_CLIENT_SECRET": "portal",
    "CQRS_READER_SECRET": "reader",
    "CQRS_WRITER_SECRET": "writer",
    "CQRS_SECRET_KEY": "key",
    "CQRS_AUDIT_KEY": AUDIT_KEY,
    "CQRS_SMTP_HOST": "127.0.0.1",
    "CQRS_SMTP_PORT": "2525",
    "CQRS_MAIL_FROM": "no-reply@cqrs.example",
    "CQRS_SERVICE_DESK_EMAIL": "service.desk@cqrs.example",
    "CQRS_SERVICE_DESK_PHONE": "0300 123 4567",
    "CQRS_GUIDES": "Job aids for approvers https://guides.example/aids",
    "CQRS_REGISTER_LIMIT": "100000",
    "CQRS_ADDRESS_LIMIT": "100000",
    "CQRS_ASK_LIMIT": "100000",
    "CQRS_INVITE_LIMIT": "100000",
    "CQRS_LINK_LIMIT": "100000",
    "CQRS_SIGNIN_LIMIT": "100000",
}


_DIALECTS: dict[str, Dialect] = {}
_COMPILED: LRUCache[object, object] = LRUCache(2000)


class Clock:
    """Runs like any clock, from a Monday with no bank holiday near, and is moved forward as told."""

    def __init__(self) -> None:
        self._ahead = datetime(2026, 1, 5, 10, tzinfo=UTC) - datetime.now(UTC)
        self._stopped_at: datetime | None = None

    def __call__(self) -> datetime:
        return (self._stopped_at or datetime.now(UTC)) + self._ahead

    def stop(self) -> None:
        """From now on it goes only as it is moved."""
        self._stopped_at = datetime.now(UTC)

    def move(self, by: timedelta) -> None:
        self._ahead += by


class KeptPost:
    """A mail server in memory. It refuses the addresses in `refused`, and is away while `away`."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.away = False

    def send(self, message: EmailMessage) -> None:
        if self.away:
            raise MailUnavailable("nobody answers", answered=False)
        if message["To"] in self.refused:
            raise MailRefused("550 no such mailbox")
        self.sent.append(message)

    def check(self, sender: str, address: str) -> None:  # noqa: ARG002
        if self.away:
            raise MailUnavailable("nobody answers", answered=False)
        if address in self.refused:
            raise MailRefused("550 no such mailbox")

    def to(self, address: str) -> list[str]:
        """The subjects of what this address was sent, in order."""
        return [str(message["Subject"]) for message in self.sent if message["To"] == address]


def settings(database: str, environment: dict[str, str] | None = None) -> WorkerSettings:
    """Settings for tests on this database, with the given variables instead of the usual ones."""
    return WorkerSettings.from_environment(
        ENVIRONMENT | {"CQRS_DATABASE_URL": database} | (environment or {})
    )


@lru_cache(maxsize=4)
def sessions(database: str) -> sessionmaker[Session]:
    """Sessions on this database, with its connections kept from one test to the next.

    Every module has a database of its own, and all have one schema: a statement is compiled once for all.
    """
    engine = make_engine(database, size=20)
    engine.dialect = _DIALECTS.setdefault(engine.driver, engine.dialect)
    engine.update_execution_options(compiled_cache=_COMPILED)
    return make_sessions(engine, AUDIT_KEY)


def services(
    database: str,
    reader: Reader,
    writer: Writer,
    post: KeptPost,
    clock: Callable[[], datetime],
    environment: dict[str, str] | None = None,
) -> WorkerServices:
    """Services on this database and directory, with the given variables instead of the usual ones.

    Acts see the worker's part done when they return.
    """
    return with_worker_at_once(
        WorkerServices(
            settings=settings(database, environment),
            reader=reader,
            sessions=sessions(database),
            clock=clock,
            wait=bool,
            writer=writer,
            post=post,
        )
    )
