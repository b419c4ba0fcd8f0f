"""Reading much from Keycloak quickly: pages and single calls, several in flight, in order."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

IN_FLIGHT = 8
_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")
Row = dict[str, Any]


def in_parallel(call: Callable[[_Item], _Answer], items: Iterable[_Item]) -> Iterator[tuple[_Item, _Answer]]:
    """Each item with its answer, in the order given; the first failure is raised."""
    given = list(items)
    pool = ThreadPoolExecutor(IN_FLIGHT)
    try:
        yield from zip(given, pool.map(call, given), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def in_pages(
    fetch: Callable[[int, int], list[Row]], size: int = 1000, overlap: int = 25, in_flight: int = 4
) -> Iterator[Row]:
    """Every row once, in order; `fetch(first, size)` gives one page.

    The pages overlap, because rows move up when one before them is deleted while we read, and because two of
    the same name may come in either order on two pages.
    """
    seen: set[str] = set()
    step = size - overlap
    with ThreadPoolExecutor(in_flight) as pool:
        first = 0
        while True:
            wave = [first + step * turn for turn in range(in_flight)]
            for page in pool.map(lambda at: fetch(at, size), wave):
                yield from _unseen(page, seen)
                if len(page) < size:
                    return
            first = wave[-1] + step


def _unseen(page: list[Row], seen: set[str]) -> Iterator[Row]:
    for row in page:
        if row["id"] not in seen:
            seen.add(row["id"])
            yield row
