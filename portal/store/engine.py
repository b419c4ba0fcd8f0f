"""Connections to the portal's PostgreSQL database."""

import select as polling
from typing import cast

import psycopg
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

# A page's queries take milliseconds on tables that are in memory: to compile them, or to start helpers for
# them, takes longer than they do, and to look a row up is as cheap as to read on. Sorts stay off the disk.
FOR_PAGES = {
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "work_mem": "16MB",
}
_AUDIT_KEY = "audit_key"
LIMITS = {"timezone": "UTC", "lock_timeout": "10s", "statement_timeout": "60s"}


def make_engine(url: str, size: int = 10) -> Engine:
    """An engine that looks at a connection before using it, so that PostgreSQL's restart is not ours.

    Every session is in UTC; a lock is waited for ten seconds and no longer, a statement sixty. What
    fails doesn't say with which values: addresses and tokens are among them, and faults go to the log.
    """
    options = " ".join(f"-c {name}={value}" for name, value in (LIMITS | FOR_PAGES).items())
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=size,
        pool_timeout=10,
        connect_args={"options": options, "connect_timeout": 5},
        hide_parameters=True,
    )
    event.listen(engine, "checkout", _refuse_if_ended)
    event.listen(engine, "handle_error", _without_values)
    return engine


def _refuse_if_ended(connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    """Raises InvalidatePoolError, upon which the pool makes new ones."""
    if has_ended(cast(psycopg.Connection, connection)):
        raise InvalidatePoolError


def _without_values(context: ExceptionContext) -> None:
    fault, told = context.original_exception, context.sqlalchemy_exception
    if isinstance(fault, psycopg.Error):
        whole = str(fault)
        without_detail(fault)
        if told:
            told.args = (str(told.args[0]).replace(whole, str(fault)), *told.args[1:])


def without_detail(fault: psycopg.Error) -> None:
    """Has it say PostgreSQL's first sentence alone: the detail names values, such as a key that is double."""
    if primary := fault.diag.message_primary:
        fault.args = (primary,)


def has_ended(connection: psycopg.Connection) -> bool:
    """Something to read on an idle connection is its end: PostgreSQL speaks when it is spoken to.

    To look costs nothing, where to ask it would be a question more for every page.
    """
    if connection.closed:
        return True
    ended = polling.poll()
    ended.register(connection.fileno(), polling.POLLIN)
    return bool(ended.poll(0))


def make_sessions(engine: Engine, audit_key: str = "") -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit, and that know the key of the audit's chain."""
    return sessionmaker(engine, expire_on_commit=False, info={_AUDIT_KEY: audit_key})


def one_by_one(sessions: sessionmaker[Session]) -> Session:
    """One of these whose statements stand by themselves: no transaction is begun and ended around any."""
    return sessions(bind=sessions.kw["bind"].execution_options(isolation_level="AUTOCOMMIT"))


SOON_ON_DISK = func.set_config("synchronous_commit", "off", True)
"""Returned by a statement: its transaction's commit doesn't wait for the disk, and may go with the power."""


def soon_on_disk(session: Session) -> None:
    """Likewise for a transaction of several."""
    session.execute(select(SOON_ON_DISK))


def at_one_moment(sessions: sessionmaker[Session]) -> Session:
    """One of these that sees the database as it is at its first statement, however long it reads."""
    return sessions(bind=sessions.kw["bind"].execution_options(isolation_level="REPEATABLE READ"))


def audit_key(session: Session) -> str:
    """The key of the audit's chain. Raises ValueError for a session that was made without one."""
    key: str = session.info.get(_AUDIT_KEY, "")
    if not key:
        raise ValueError("nothing is put on record, or checked, without the audit's key")
    return key
