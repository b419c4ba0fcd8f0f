"""What the commands say when the portal's database is well and something else is not."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.support.builders.services import ENVIRONMENT
from tests.support.commands import typed
from tests.support.servers.running import AUDIT_KEY, RUNNING_ROLE, RunningPostgres, as_running_role


def test_a_keycloak_that_is_away_is_told_in_one_line(database: str) -> None:
    """By `cqrs portal reconcile`, which may be run again then."""
    done = typed("portal reconcile", ENVIRONMENT | {"CQRS_DATABASE_URL": database})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Keycloak does not answer at http://localhost:1" in done.stderr
    assert "is CQRS_KEYCLOAK_URL its address?" in done.stderr


@pytest.fixture
def empty(postgres: RunningPostgres) -> Iterator[str]:
    """The address of a database with nothing in it, for its owner."""
    postgres.make_running_role()
    with postgres.fresh_database() as url:
        yield url


def test_a_database_of_a_newer_version_is_told_in_one_line(empty: str) -> None:
    """By `cqrs portal migrate` of a release that somebody went back to."""
    with create_engine(empty).begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version AS SELECT '9999' AS version_num"))
    done = typed(f"portal migrate --running-role {RUNNING_ROLE}", as_owner(empty))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "the database is newer than this version" in done.stderr


def as_owner(database: str) -> dict[str, str]:
    return {
        "CQRS_ENVIRONMENT": "development",
        "CQRS_OWNER_DATABASE_URL": database,
        "CQRS_AUDIT_KEY": AUDIT_KEY,
    }


def test_whoever_may_not_change_the_schema_is_told_in_one_line(empty: str) -> None:
    """Such as the role that the service runs as: another is asked for."""
    done = typed(
        f"portal migrate --running-role {make_url(empty).username}", as_owner(as_running_role(empty))
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "permission denied" in done.stderr
    assert "Is CQRS_OWNER_DATABASE_URL the right address" in done.stderr
