"""What acts and effects need, gathered in one object that is made when a process starts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from directory.contract import Reader, Writer
from portal.mail.sender import Sender, SmtpSender, Way
from portal.settings import Settings, WorkerSettings
from portal.store.engine import make_engine, make_sessions
from portal.store.moved_clock import AheadClock
from portal.store.outbox import wait_until_done


@dataclass(frozen=True, slots=True)
class Services:
    """The outside world as pages and acts see it. Nothing here can change Keycloak.

    `clock` gives the present moment with its zone. `wait` waits, not for long, for the worker to do the
    effects of these ids; whether all are done. `group_ids` is where Keycloak had organisations when they were
    last read, by ODS code: a hint, which whoever goes by it checks.
    """

    settings: Settings
    reader: Reader
    sessions: sessionmaker[Session]
    clock: Callable[[], datetime]
    wait: Callable[[Collection[int]], bool]
    group_ids: dict[str, str] = field(default_factory=dict, kw_only=True, repr=False)

    def true_time(self) -> datetime:
        """The present moment for what a moved date is nothing to: how people are signed in, and limits."""
        return now() if self.settings.system_date_change else self.clock()


@dataclass(frozen=True, slots=True)
class WorkerServices(Services):
    """What only the worker has: the account that writes to Keycloak, and the mail server."""

    settings: WorkerSettings
    writer: Writer
    post: Sender


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def build(settings: Settings) -> Services:
    """The real ones of a web process. Nothing is connected to until first used."""
    from directory.reader import KeycloakReader  # noqa: PLC0415 - python-keycloak is slow to load

    sessions = make_sessions(make_engine(settings.database_url), settings.audit_key)
    wait = partial(wait_for_worker, sessions, settings.longest_wait)
    clock = AheadClock(sessions, now) if settings.system_date_change else now
    return Services(settings, KeycloakReader(settings.reader), sessions, clock, wait)


def build_for_worker(settings: WorkerSettings) -> WorkerServices:
    """The real ones of the worker."""
    from directory.writer import KeycloakWriter  # noqa: PLC0415 - likewise

    web = build(settings)
    callback = f"{settings.portal_url}/signin/callback"
    writer = KeycloakWriter(settings.writer, callback)
    way = Way(settings.smtp_security, settings.smtp_user, settings.smtp_password)
    post = SmtpSender(settings.smtp_host, settings.smtp_port, way=way)
    return WorkerServices(settings, web.reader, web.sessions, web.clock, web.wait, writer, post)


def wait_for_worker(sessions: sessionmaker[Session], seconds: float, ids: Collection[int]) -> bool:
    """Waits at most so long for the effects; a database that fails meanwhile says nothing of them."""
    try:
        return wait_until_done(sessions, ids, seconds)
    except SQLAlchemyError:
        return False
