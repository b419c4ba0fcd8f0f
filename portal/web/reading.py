"""Reading the database for a page: by one connection, however many questions the page asks.

Each statement stands by itself, as it does anyway where every statement sees what is committed by then: so
none needs a transaction around it, and the connection is tried once for a page and not once for a question.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g, request
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from portal.store import engine
from portal.store.straight import Straight
from portal.web.access import services

ONLY_READING = {"GET", "HEAD"}


def install(app: Flask, sessions: sessionmaker[Session]) -> None:
    """Reads by the connections of `sessions`; what a request of `app` took is given back when it ends."""
    app.extensions["cqrs_reading"] = sessions.kw["bind"].execution_options(isolation_level="AUTOCOMMIT")
    app.extensions["cqrs_straight"] = Straight(sessions.kw["bind"])
    app.teardown_request(_give_back)


def straight() -> Straight:
    """For single statements that are worth writing for psycopg itself."""
    found: Straight = current_app.extensions["cqrs_straight"]
    return found


@contextmanager
def reading() -> Iterator[Session]:
    """A session to read with, new each time, so that what an act has changed is read again.

    While a form is sent its act has a connection of its own, so none is kept beside that: each is given back
    at once.
    """
    if request.method in ONLY_READING:
        with Session(_connection(), expire_on_commit=False) as session:
            yield session
    else:
        with engine.one_by_one(services().sessions) as session:
            yield session


def _connection() -> Connection:
    if "reading" not in g:
        g.reading = current_app.extensions["cqrs_reading"].connect()
    connection: Connection = g.reading
    return connection


def _give_back(_fault: BaseException | None) -> None:
    connection: Connection | None = g.pop("reading", None)
    if connection is not None:
        connection.close()
