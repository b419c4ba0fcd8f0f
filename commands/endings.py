"""How commands end when the database or Keycloak fails them: a line that says what to do, and a code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from commands.options import FAILED, fail
from directory.errors import DirectoryAccessDenied, DirectoryRefused, DirectoryUnavailable

_OTHER_DRIVERS = frozenset({"psycopg2", "psycopg2cffi", "pg8000", "asyncpg", "MySQLdb", "oracledb", "pyodbc"})
"""What SQLAlchemy looks for where an address doesn't name psycopg."""


@contextmanager
def database_explained(name: str, code: int = FAILED) -> Iterator[None]:
    """Ends the command with `code` when the database fails it; `name` is the variable of its address."""
    from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError  # noqa: PLC0415 - slow to load

    try:
        yield
    except ArgumentError:
        fail(f"{name} is no address of a database, which begins with postgresql+psycopg://.", code)
    except ModuleNotFoundError as missing:
        if missing.name not in _OTHER_DRIVERS:
            raise
        fail(f"{missing}. Does {name} begin with postgresql+psycopg://?", code)
    except OperationalError as away:
        fail(f"{_told(away)}. Is it running, and is {name} its address? Run the command again then.", code)
    except DBAPIError as refused:
        fail(f"{_told(refused)}. Is {name} the right address, and the database migrated?", code)


def _told(fault: Any) -> str:
    """The database's own words, the first line of them: the others show the statement."""
    words = (str(fault.orig).splitlines() or [type(fault.orig).__name__])[0]
    return f"The database fails: {words}"


@contextmanager
def keycloak_explained(account: str = "") -> Iterator[None]:
    """Ends the command with 1 when Keycloak fails it; `account` says as whom it is to be asked."""
    try:
        yield
    except (DirectoryAccessDenied, DirectoryRefused) as error:
        fail(f"{error}.\n{account}".strip())
    except DirectoryUnavailable as error:
        fail(f"{error}. Is it running, and is CQRS_KEYCLOAK_URL its address? Run the command again then.")
