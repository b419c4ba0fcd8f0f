"""Connections to the portal's PostgreSQL database."""

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker


def make_engine(url: str, size: int = 10) -> Engine:
    """An engine that tries a connection before using it, so that PostgreSQL's restart is not ours.

    Every session is in UTC; a lock is waited for ten seconds and no longer, a statement sixty.
    """
    options = "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s"
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=size,
        max_overflow=size,
        pool_timeout=10,
        connect_args={"options": options, "connect_timeout": 5},
    )


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)
