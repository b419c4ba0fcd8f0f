"""Waits for effects that the worker is doing."""

import time
from collections.abc import Collection

import psycopg
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.model.effects import DONE, Effect


def wait_until_done(sessions: sessionmaker[Session], ids: Collection[int], seconds: float) -> bool:
    """Waits at most so long until each of these effects is done or parked; whether all are done.

    PostgreSQL says when; the rows say whether.
    """
    until = time.monotonic() + seconds
    with sessions() as session:
        connection = session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the only driver that make_engine takes
        driver.execute(f"LISTEN {DONE}")
        try:
            while _unfinished(session, ids) and (left := until - time.monotonic()) > 0:
                for _notification in driver.notifies(timeout=left, stop_after=1):
                    pass
            return _all_done(session, ids)
        finally:
            driver.execute(f"UNLISTEN {DONE}")


def _unfinished(session: Session, ids: Collection[int]) -> bool:
    unfinished = select(Effect.id).where(
        Effect.id.in_(ids), Effect.done_at.is_(None), Effect.parked_at.is_(None)
    )
    return session.scalars(unfinished.limit(1)).first() is not None


def _all_done(session: Session, ids: Collection[int]) -> bool:
    undone = select(Effect.id).where(Effect.id.in_(ids), Effect.done_at.is_(None))
    return session.scalars(undone.limit(1)).first() is None
