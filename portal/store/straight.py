"""Short statements that are asked most of all, or where each turn counts, by psycopg itself.

SQLAlchemy takes longer over one than PostgreSQL does: so each thread keeps a connection beside the pool's,
and each statement stands by itself.
"""

import threading
from collections.abc import Mapping
from typing import Any, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from portal.store.engine import has_ended, without_detail


class Straight:
    """Asks by connections like those of `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._own = engine, threading.local()

    def rows(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        """What is found, its columns by their names. `statement` names its parameters as psycopg has them.

        Raises OperationalError as SQLAlchemy would; the next statement then finds a new connection.
        """
        try:
            return self._connection().cursor(row_factory=namedtuple_row).execute(statement, values).fetchall()
        except psycopg.Error as fault:
            without_detail(fault)
            if isinstance(fault, psycopg.OperationalError):
                raise OperationalError(statement, None, fault) from fault
            raise

    def _connection(self) -> psycopg.Connection[Any]:
        kept: _Kept | None = getattr(self._own, "kept", None)
        if kept is None or has_ended(kept.connection):
            kept = self._own.kept = _Kept(self._engine)
        return kept.connection


class _Kept:
    """A connection that is closed when its thread is done with it."""

    def __init__(self, engine: Engine) -> None:
        made = engine.raw_connection()
        self.connection = cast(psycopg.Connection[Any], made.driver_connection)
        made.detach()
        self.connection.autocommit = True

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()
