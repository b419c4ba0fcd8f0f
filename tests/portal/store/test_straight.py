"""The connection that a thread keeps for short statements."""

import traceback
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal.store.engine import make_engine
from portal.store.straight import Straight
from tests.portal.store.test_engine import ADDRESS, GONE, OTHERS

PID = "SELECT pg_backend_pid() AS pid, %(what)s::text AS what"


@pytest.fixture
def straight(database: str) -> Straight:
    return Straight(make_engine(database))


def pid(straight: Straight) -> int:
    (row,) = straight.rows(PID, {"what": "anything"})
    assert row.what == "anything"
    found: int = row.pid
    return found


def test_a_thread_keeps_its_own(straight: Straight) -> None:
    mine = pid(straight)
    assert pid(straight) == mine
    with ThreadPoolExecutor(1) as other:
        theirs = {other.submit(pid, straight).result() for _ in range(2)}
    assert len(theirs) == 1
    assert mine not in theirs


def test_each_statement_stands_by_itself(straight: Straight) -> None:
    moments = {straight.rows("SELECT now() AS at", {})[0].at for _ in range(3)}
    assert len(moments) == 3


def test_one_that_ended_while_it_rested_is_made_anew(database: str, straight: Straight) -> None:
    """As at PostgreSQL's restart."""
    ended = pid(straight)
    with make_engine(database).connect() as other:
        other.execute(OTHERS, {"pids": [ended]})
        other.commit()
        while other.scalar(GONE, {"pids": [ended]}):
            other.rollback()
    assert pid(straight) != ended


def test_one_that_ends_in_the_middle_fails_once(straight: Straight) -> None:
    ended = pid(straight)
    with pytest.raises(OperationalError):
        straight.rows("SELECT pg_terminate_backend(pg_backend_pid())", {})
    assert pid(straight) != ended


def test_nothing_is_kept_of_the_pools(database: str) -> None:
    """However many threads ask, the pages' connections are there for the pages."""
    engine = make_engine(database, 1)
    straight = Straight(engine)
    pid(straight)
    with engine.connect() as one, engine.connect() as two:
        assert [each.scalar(text("SELECT 1")) for each in (one, two)] == [1, 1]


def test_a_fault_names_no_value(straight: Straight) -> None:
    """It goes to the log: neither what was sent nor PostgreSQL's detail."""
    seen = "INSERT INTO seen_logout_token VALUES (%(jti)s, now()) RETURNING jti"
    straight.rows(seen, {"jti": ADDRESS})
    with pytest.raises(psycopg.errors.UniqueViolation) as twice:
        straight.rows(seen, {"jti": ADDRESS})
    assert "duplicate key value" in str(twice.value)
    assert ADDRESS not in "".join(traceback.format_exception(twice.value))
