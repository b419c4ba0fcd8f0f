"""The schema, step by step, with data in it."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from portal.model import Base
from portal.store.engine import make_engine
from portal.store.migrate import FOLDER, downgrade, upgrade
from tests.support.builders.world import World
from tests.support.servers.running import AUDIT_KEY, RUNNING_ROLE, RunningPostgres

NOT_MAPPED = {"audit_anchor", "alembic_version"}


def test_there_is_one_newest_step() -> None:
    assert len(ScriptDirectory(str(FOLDER)).get_heads()) == 1


def test_the_steps_lead_to_what_the_classes_say(database: str) -> None:
    with make_engine(database).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    named = [difference for difference in differences if difference[1].name not in NOT_MAPPED]
    assert named == []


def test_many_changed_rows_are_not_compared_each_with_each(database: str) -> None:
    """A statement that changes a hundred thousand would take longer than one may."""
    comparing = "SELECT proname, proconfig FROM pg_proc WHERE prosrc LIKE '%%new_rows n JOIN old_rows%%'"
    with make_engine(database).connect() as connection:
        found = connection.exec_driver_sql(comparing).all()
    assert len(found) == 3
    assert [name for name, settings in found if settings != ["enable_nestloop=off"]] == []


@pytest.fixture
def own_database(postgres: RunningPostgres) -> Iterator[str]:
    postgres.make_running_role()
    with postgres.fresh_database() as url:
        yield url


def test_down_and_up_again(own_database: str) -> None:
    upgrade(own_database, RUNNING_ROLE, AUDIT_KEY)
    upgrade(own_database, RUNNING_ROLE, AUDIT_KEY)
    downgrade(own_database, AUDIT_KEY, "base")
    left = inspect(make_engine(own_database)).get_table_names()
    assert set(left) <= NOT_MAPPED
    upgrade(own_database, RUNNING_ROLE, AUDIT_KEY)


def test_down_with_data_in_it(world: World, database: str, postgres: RunningPostgres) -> None:
    world.registered()
    owners = postgres.as_administrator(database)
    downgrade(owners, AUDIT_KEY, "base")
    upgrade(owners, RUNNING_ROLE, AUDIT_KEY)
