"""Pages a second and the portal's own processor time a page: signed in, four browsers at once.

The portal is as `make run` starts it, with the whole country and 100,000 people.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psutil
from sqlalchemy import func, select

from portal.model.requests import AccessRequest
from portal.store.engine import make_engine, make_sessions
from tests.bench.at_rest import until_told
from tests.bench.crowd import fill_mirror, fill_queue
from tests.bench.national import import_national
from tests.bench.rows import Row, seconds
from tests.bench.servers import Bench
from tests.bench.signed_in import sign_in_as_approver

PEOPLE, REQUESTS = 100_000, 1_000
AT_ONCE, EACH, WARM_UP = 4, 100, 10
LISTS = ("/requests", "/users", "/providers")
"""A goal for each of these: 100 a second, and at most 8 ms of our own processor time."""


def run(stack: Bench) -> Sequence[Row]:
    """Two rows for each page: how many a second, and what each costs the portal's processes."""
    place = import_national(stack)
    cookie = {"Cookie": sign_in_as_approver(stack, place.commissioner).cookie}
    with make_sessions(make_engine(stack.portal_database)).begin() as session:
        fill_mirror(session, PEOPLE)
        if not session.scalar(select(func.count()).select_from(AccessRequest)):
            fill_queue(session, place.commissioner, REQUESTS)
    until_told(stack, place.commissioner)
    rows = [row for path in ("/home", *LISTS) for row in _rows(stack, path, cookie)]
    return [*rows, *_rows(stack, "/health", {})]


def _rows(stack: Bench, path: str, headers: Mapping[str, str]) -> tuple[Row, Row]:
    address = urlsplit(stack.facts["portal"]).netloc
    _all_at_once(address, path, headers, WARM_UP)
    before = processor_time(stack.facts["pids"]["portal"])
    taken = seconds(lambda: _all_at_once(address, path, headers, EACH))
    spent = processor_time(stack.facts["pids"]["portal"]) - before
    count, listed = AT_ONCE * EACH, path in LISTS
    note = f"{count} pages, {AT_ONCE} at once" + ("" if headers else ", without a session")
    rate = Row(f"`{path}`", count / taken, "a second", goal=100 if listed else None, at_least=True, note=note)
    cost = f"`{path}`, the portal's processor time a page"
    return rate, Row(cost, spent / count * 1000, "ms", goal=8 if listed else None)


def _all_at_once(address: str, path: str, headers: Mapping[str, str], each: int) -> None:
    with ThreadPoolExecutor(AT_ONCE) as browsers:
        list(browsers.map(lambda _: _fetch(address, path, headers, each), range(AT_ONCE)))


def _fetch(address: str, path: str, headers: Mapping[str, str], times: int) -> None:
    """The page so many times over one connection: little is spent on asking, so that it disturbs little."""
    connection = HTTPConnection(address, timeout=60)
    for _ in range(times):
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, f"{path}: {answer.status} {text[:300]!r}"
    connection.close()


def processor_time(pid: int) -> float:
    """Seconds of processor that a process and its children have spent until now."""
    process = psutil.Process(pid)
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(one.user + one.system for one in times)
