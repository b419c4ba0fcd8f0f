"""Connections that are kept: one that PostgreSQL has ended meanwhile troubles nobody."""

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.store.engine import make_engine, one_by_one
from tests.support.builders.world import World

OTHERS = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY(:pids)")
PID, GONE = (
    text("SELECT pg_backend_pid()"),
    text("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(:pids)"),
)
SEEN, ADDRESS = text("INSERT INTO seen VALUES (:email)"), "ann.secret@p001.example"


def test_connections_ended_while_they_rested_are_made_anew(database: str) -> None:
    """As at PostgreSQL's restart: all of them at once, and the first question after it is answered."""
    resting, other = make_engine(database), make_engine(database)
    with resting.connect() as one, resting.connect() as two:
        pids = [one.scalar(PID), two.scalar(PID)]
    with other.connect() as connection:
        connection.execute(OTHERS, {"pids": pids})
        connection.commit()
        while connection.scalar(GONE, {"pids": pids}):
            connection.rollback()
    with resting.connect() as one, resting.connect() as two:
        assert not {one.scalar(PID), two.scalar(PID)} & set(pids)


def test_reading_begins_no_transaction(world: World) -> None:
    with one_by_one(world.sessions) as session:
        moments = {session.scalar(text("SELECT now()")) for _ in range(3)}
    assert len(moments) == 3


def test_a_fault_names_no_value(database: str) -> None:
    """It goes to the log, and addresses and tokens don't: neither what was sent nor PostgreSQL's detail."""
    with make_engine(database).connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE seen (email text UNIQUE)"))
        connection.execute(SEEN, {"email": ADDRESS})
        with pytest.raises(IntegrityError) as twice:
            connection.execute(SEEN, {"email": ADDRESS})
    told = "".join(traceback.format_exception(twice.value))
    assert "duplicate key value violates unique constraint" in str(twice.value)
    assert ADDRESS not in told + repr(twice.value) + repr(twice.value.orig)
