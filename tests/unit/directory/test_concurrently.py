"""Several questions asked at the same moment: answered in order, none waiting for another's thread."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from directory.concurrently import THREADS, concurrently
from directory.errors import DirectoryRefused, DirectoryUnavailable


def test_answers_come_in_the_order_of_the_questions() -> None:
    slow = lambda: time.sleep(0.05) or "slow"  # noqa: E731
    assert concurrently(slow, lambda: "quick", slow) == ("slow", "quick", "slow")
    assert concurrently(lambda: "alone") == ("alone",)


def test_they_are_asked_at_the_same_moment() -> None:
    together = threading.Barrier(3, timeout=10)
    assert sorted(concurrently(together.wait, together.wait, together.wait)) == [0, 1, 2]


def test_the_first_failure_in_that_order_is_raised() -> None:
    def refused() -> None:
        time.sleep(0.05)
        raise DirectoryRefused("later, and asked for first")

    def unavailable() -> None:
        raise DirectoryUnavailable("at once")

    for questions in ((refused, unavailable), (lambda: None, refused, unavailable)):
        with pytest.raises(DirectoryRefused):
            concurrently(*questions)


def test_questions_that_ask_several_never_wait_for_each_other() -> None:
    """More of them than threads, each three deep: with threads held by those who wait, none would end."""

    def deep(levels: int) -> int:
        if levels == 0:
            time.sleep(0.001)
            return 1
        return sum(concurrently(*[lambda: deep(levels - 1)] * 3))

    with ThreadPoolExecutor(2 * THREADS) as askers:
        answers = askers.map(lambda _: deep(3), range(2 * THREADS), timeout=60)
        assert list(answers) == [27] * 2 * THREADS
