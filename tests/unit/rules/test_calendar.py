"""Working days of England."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.calendar import LONDON, is_working_day, working_days_after


def london(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),  # for Boxing Day, a Saturday
        date(2027, 12, 27),  # for Christmas Day, a Saturday
        date(2027, 12, 28),  # for Boxing Day, a Sunday
        date(2028, 1, 3),  # for New Year's Day, a Saturday
        date(2022, 6, 3),  # for the Queen's jubilee
        date(2023, 5, 8),  # for the King's coronation
        date(2026, 11, 21),
        date(2026, 11, 22),
    ],
)
def test_days_off(day: date) -> None:
    """APR-6"""
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 3, 17),  # St Patrick's, a holiday in Northern Ireland
        date(2026, 11, 30),  # St Andrew's, in Scotland
        date(2026, 1, 2),  # in Scotland
        date(2026, 8, 3),  # the summer holiday of Scotland
        date(2026, 12, 24),
        date(2026, 12, 31),
    ],
)
def test_days_on_that_are_off_elsewhere(day: date) -> None:
    """APR-6: England's days, not Scotland's or Northern Ireland's."""
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (london(2026, 11, 16), 5, london(2026, 11, 23)),
        (london(2026, 11, 20, 17, 30), 1, london(2026, 11, 23, 17, 30)),
        (london(2026, 11, 21, 23, 59), 1, london(2026, 11, 23, 23, 59)),  # asked on a Saturday
        (london(2026, 4, 2), 1, london(2026, 4, 7)),  # over Easter
        (london(2026, 12, 24), 1, london(2026, 12, 29)),  # over Christmas
        (london(2026, 12, 24), 5, london(2027, 1, 5)),
        (london(2026, 3, 27), 1, london(2026, 3, 30)),  # the clocks go forward
        (london(2026, 10, 23), 1, london(2026, 10, 26)),  # and back
    ],
)
def test_so_many_days_later(start: datetime, n: int, end: datetime) -> None:
    """APR-6: the same time by a clock in London, whatever the clocks did."""
    assert working_days_after(start, n) == end


def test_the_day_is_londons() -> None:
    """APR-6: half past eleven at night in UTC is the next day in a London summer."""
    late = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)  # Friday 00:30 in London
    assert working_days_after(late, 1) == datetime(2026, 7, 5, 23, 30, tzinfo=UTC)  # Monday 00:30


def test_the_answer_is_in_utc() -> None:
    assert working_days_after(london(2026, 7, 1), 1).tzinfo is UTC


def test_none_later_is_the_moment_itself() -> None:
    start = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the hour that comes twice
    assert working_days_after(start, 0) == start


def test_refuses_what_it_cannot_count() -> None:
    with pytest.raises(ValueError, match="time zone"):
        working_days_after(datetime(2026, 11, 20), 1)  # noqa: DTZ001 - the mistake itself
    with pytest.raises(ValueError, match="forwards"):
        working_days_after(london(2026, 11, 20), -1)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.integers(1, 70))
def test_counts_exactly_the_working_days_passed(start: datetime, n: int) -> None:
    """APR-6"""
    end = working_days_after(start, n)
    first, last = start.astimezone(LONDON).date(), end.astimezone(LONDON).date()
    passed = [first + timedelta(days=i) for i in range(1, (last - first).days + 1)]
    assert sum(is_working_day(day) for day in passed) == n
    assert is_working_day(last)


@given(moments, moments, st.integers(0, 70))
def test_who_asked_earlier_is_due_no_later(one: datetime, other: datetime, n: int) -> None:
    """APR-6: from working days, on one day or on two."""
    first, second = sorted((one, other))
    days = {first.astimezone(LONDON).date(), second.astimezone(LONDON).date()}
    if all(is_working_day(day) for day in days):
        assert working_days_after(first, n) <= working_days_after(second, n)
