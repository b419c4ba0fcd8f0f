"""Connections to the portal's PostgreSQL database."""

from sqlalchemy import Engine, create_engine
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
    """An engine that tries a connection before using it, so that PostgreSQL's restart is not ours.

    Every session is in UTC; a lock is waited for ten seconds and no longer, a statement sixty.
    """
    options = " ".join(f"-c {name}={value}" for name, value in (LIMITS | FOR_PAGES).items())
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=size,
        max_overflow=size,
        pool_timeout=10,
        connect_args={"options": options, "connect_timeout": 5},
    )


def make_sessions(engine: Engine, audit_key: str = "") -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit, and that know the key of the audit's chain."""
    return sessionmaker(engine, expire_on_commit=False, info={_AUDIT_KEY: audit_key})


def audit_key(session: Session) -> str:
    """The key of the audit's chain. Raises ValueError for a session that was made without one."""
    key: str = session.info.get(_AUDIT_KEY, "")
    if not key:
        raise ValueError("nothing is put on record, or checked, without the audit's key")
    return key
