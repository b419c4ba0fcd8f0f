"""Reminding, going up and lapsing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.deadlines import Limits, Step, Waiting, due, falls_due

ASKED = datetime(2026, 11, 2, 9, tzinfo=UTC)  # a Monday
LIMITS = Limits()
SECOND = timedelta(seconds=1)


def test_each_comes_on_its_working_day() -> None:
    """APR-6: after 5, 10 and 60 working days, Christmas and New Year left out."""
    assert falls_due(ASKED, Step.REMIND, LIMITS) == datetime(2026, 11, 9, 9, tzinfo=UTC)
    assert falls_due(ASKED, Step.ESCALATE, LIMITS) == datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert falls_due(ASKED, Step.LAPSE, LIMITS) == datetime(2027, 1, 28, 9, tzinfo=UTC)


def test_not_a_second_early() -> None:
    """APR-6"""
    reminded = falls_due(ASKED, Step.REMIND, LIMITS)
    assert due(Waiting(ASKED), reminded - SECOND, LIMITS) == ()
    assert due(Waiting(ASKED), reminded, LIMITS) == (Step.REMIND,)


def test_each_once() -> None:
    """APR-6"""
    at = falls_due(ASKED, Step.ESCALATE, LIMITS)
    assert due(Waiting(ASKED, reminded_at=at), at, LIMITS) == (Step.ESCALATE,)
    assert due(Waiting(ASKED, reminded_at=at, escalated_at=at), at, LIMITS) == ()


def test_all_that_was_missed_in_order_after_a_stop() -> None:
    """APR-6: a worker that stood still catches up."""
    at = falls_due(ASKED, Step.LAPSE, LIMITS)
    assert due(Waiting(ASKED), at, LIMITS) == (Step.REMIND, Step.ESCALATE, Step.LAPSE)
    assert due(Waiting(ASKED, escalated_at=ASKED), at, LIMITS) == (Step.REMIND, Step.LAPSE)


def test_the_days_are_configured() -> None:
    """APR-6"""
    limits = Limits(remind=1, escalate=2, lapse=3)
    assert due(Waiting(ASKED), ASKED + timedelta(days=2), limits) == (Step.REMIND, Step.ESCALATE)


@pytest.mark.parametrize("days", [(0, 10, 60), (5, 5, 60), (10, 5, 60), (5, 60, 10)])
def test_days_out_of_order_are_refused(days: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        Limits(*days)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.lists(st.integers(0, 4000), min_size=1, max_size=12))
def test_however_the_worker_runs_each_step_is_taken_once_and_in_order(
    asked: datetime, hours: list[int]
) -> None:
    """APR-6: whenever the worker happens to look, and however long it stood still between."""
    waiting, taken = Waiting(asked), []
    for hour in sorted(hours):
        now = asked + timedelta(hours=hour)
        for step in due(waiting, now, LIMITS):
            taken.append(step)
            waiting = Waiting(
                asked, waiting.reminded_at or now, now if step is not Step.REMIND else waiting.escalated_at
            )
        if Step.LAPSE in taken:
            break
    assert taken == list(Step)[: len(taken)]
