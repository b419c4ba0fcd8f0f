"""The users list of the Service Desk over the whole country: 100,000 people."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Role
from portal.store.engine import make_engine, make_sessions
from portal.store.queries.users_list.listing import listing
from portal.store.queries.users_list.options import ListOptions, Sort
from tests.bench.crowd import fill_mirror
from tests.bench.national import import_national
from tests.bench.rows import Row, alternate, p95
from tests.bench.servers import Bench

PEOPLE, TIMES = 100_000, 60
DESK = Holding(Role.SERVICE_DESK, ())
NAME = "users list of the Service Desk"
SOUGHT = "grace lundy"
OTHERS = tuple(sort for sort in Sort if sort is not Sort.ORGANISATION)


def run(stack: Bench) -> Sequence[Row]:
    """Two rows at the query: pages as people open them (goal 60 ms), and in every other order."""
    import_national(stack)
    engine = make_engine(stack.portal_database)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        fill_mirror(session, PEOPLE)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    with sessions() as session:
        whole = listing(session, DESK)
        assert whole.total >= PEOPLE
        assert 0 < listing(session, DESK, ListOptions(SOUGHT)).total < PEOPLE
        first, middle, found = alternate(TIMES, *_pages(session, whole.pages // 2))
        sorted_by = alternate(TIMES // 3, *_orders(session))
    note = f"first page {_ms(first)}, in the middle {_ms(middle)}, searched {_ms(found)}; {PEOPLE:,} people"
    by_column = ", ".join(f"{sort} {_ms(taken)}" for sort, taken in zip(OTHERS, sorted_by, strict=True))
    each = [seconds for taken in sorted_by for seconds in taken]
    return [
        Row(f"{NAME}, p95 of the query", _p95_ms([*first, *middle, *found]), "ms", goal=60, note=note),
        Row(f"{NAME}, first page in another order, p95 of the query", _p95_ms(each), "ms", note=by_column),
    ]


def _pages(session: Session, middle: int) -> tuple[Callable[[], object], ...]:
    return (
        lambda: listing(session, DESK),
        lambda: listing(session, DESK, number=middle),
        lambda: listing(session, DESK, ListOptions(SOUGHT)),
    )


def _orders(session: Session) -> list[Callable[[], object]]:
    return [lambda sort=sort: listing(session, DESK, ListOptions(sort=sort)) for sort in OTHERS]  # type: ignore[misc]


def _p95_ms(values: Sequence[float]) -> float:
    return p95(values) * 1000


def _ms(values: Sequence[float]) -> str:
    return f"{_p95_ms(values):.1f} ms"
