"""An approver's queue with 1,000 open requests, in a mirror of 100,000 people."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Role
from portal.store.engine import make_engine, make_sessions
from portal.store.queries import organisations
from portal.store.queries import requests as request_queries
from tests.bench.at_rest import until_told
from tests.bench.crowd import fill_mirror, fill_queue
from tests.bench.national import import_national
from tests.bench.rows import Row, alternate, p95
from tests.bench.servers import Bench
from tests.bench.signed_in import sign_in_as_approver

PEOPLE, REQUESTS, TIMES = 100_000, 1_000, 60


def run(stack: Bench) -> Sequence[Row]:
    """The queries by themselves (goal 50 ms), and the whole page over HTTP."""
    place = import_national(stack)
    client = sign_in_as_approver(stack, place.commissioner)
    engine = make_engine(stack.portal_database)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        fill_mirror(session, PEOPLE)
        fill_queue(session, place.commissioner, REQUESTS)
        path = organisations.by_codes(session, [place.commissioner])[place.commissioner].path
    until_told(stack, place.commissioner)
    holding = Holding(Role.COMMISSIONER_APPROVER, tuple(path))
    with sessions() as session:
        assert request_queries.open_count(session, holding, "") >= REQUESTS
        first, last, found = alternate(TIMES, *_queries(session, holding))
    (page,) = alternate(TIMES, lambda: client.page("/requests"))
    note = f"first page {_ms(first)}, last page {_ms(last)}, searched {_ms(found)}; {PEOPLE:,} people"
    name = "approver's queue of 1,000, p95 of the"
    return [
        Row(f"{name} queries", p95([*first, *last, *found]) * 1000, "ms", goal=50, note=note),
        Row(f"{name} page over HTTP", p95(page) * 1000, "ms", goal=50),
    ]


def _queries(session: Session, holding: Holding) -> tuple[Callable[[], object], ...]:
    return (
        lambda: request_queries.queue(session, holding, "", 1, 10),
        lambda: request_queries.queue(session, holding, "", REQUESTS // 10, 10),
        lambda: request_queries.queue(session, holding, "", 1, 10, "grace lundy"),
    )


def _ms(values: Sequence[float]) -> str:
    return f"{p95(values) * 1000:.1f} ms"
