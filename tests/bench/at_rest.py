"""Has the worker done with all that a part's people and requests leave it: pages are measured without it.

Whoever newly decides is told of each request that waits: after a sign-in of an approver over a thousand of
them the worker, Keycloak and the mails take most of a processor for minutes.
"""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.effects import reroute
from portal.model.effects import Effect
from portal.model.feed import Touched
from portal.store.engine import make_engine, make_sessions
from tests.bench.servers import Bench
from tests.support.waiting import wait_until

LONGEST = 900.0


def until_told(stack: Bench, commissioner: str) -> None:
    """Waits until all who decide at and below the commissioner know of the requests, and all is done."""
    engine = make_engine(stack.portal_database)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        reroute.queue(session, commissioner, datetime.now(UTC))
    with sessions() as session:
        wait_until(lambda: _nothing_waits(session), LONGEST, "the worker at rest")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def _nothing_waits(session: Session) -> bool:
    waiting = (
        select(func.count()).select_from(Effect).where(Effect.done_at.is_(None), Effect.parked_at.is_(None))
    )
    left = waiting.scalar_subquery() + select(func.count()).select_from(Touched).scalar_subquery()
    found = session.scalar(select(left))
    session.rollback()
    return found == 0
