"""The service beside what is measured, as an operator has it: its worker follows the realm."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from portal.model.mirror import MirrorPosition
from portal.store.engine import make_engine, make_sessions
from portal.store.migrate import upgrade
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import AUDIT_KEY, RUNNING_ROLE, RunningPostgres, RunningServers
from tests.support.waiting import wait_until
from tests.support.worker_process import worker_process

LONGEST = 120.0


@contextmanager
def realm_beside(servers: RunningServers, postgres: RunningPostgres | None) -> Iterator[TestRealm]:
    """A fresh realm; where a database server is given, with a worker that is in step with it."""
    with fresh_realm(servers) as realm, followed(realm, postgres) if postgres else nullcontext():
        yield realm


@contextmanager
def followed(realm: TestRealm, postgres: RunningPostgres) -> Iterator[None]:
    postgres.make_running_role()
    with postgres.fresh_database() as url:
        upgrade(url, RUNNING_ROLE, AUDIT_KEY)
        with worker_process(realm.environment | {"CQRS_DATABASE_URL": url}, Path("/dev/null")):
            wait_until(lambda: _is_in_step(url), LONGEST)
            yield


def _is_in_step(url: str) -> bool:
    engine = make_engine(url)
    try:
        with make_sessions(engine)() as session:
            position = session.get(MirrorPosition, 1)
            return position is not None and position.in_step_at is not None
    finally:
        engine.dispose()
