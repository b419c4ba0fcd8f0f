"""Working days of England: Monday to Friday without the bank holidays, substitute days included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
_BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")


def is_working_day(day: date) -> bool:
    """Whether offices in England work that day."""
    return day.weekday() < 5 and day not in _BANK_HOLIDAYS


def working_days_after(start: datetime, n: int) -> datetime:
    """The moment `n` working days after `start`, at the same time by a clock in London; in UTC.

    The days are those of London, so a request made late on a summer evening counts for that day. With `n` 0
    it is `start` itself. Raises ValueError for a negative `n` or a `start` without a time zone.
    """
    if start.tzinfo is None or n < 0:
        raise ValueError("working days are counted forwards, from a moment with a time zone")
    local = start.astimezone(LONDON)
    day = local.date()
    for _ in range(n):
        day = _next_working_day(day)
    # The clocks change on Sundays only, so no time of a working day is missing or comes twice.
    ends = local if day == local.date() else datetime.combine(day, local.time(), LONDON)
    return ends.astimezone(UTC)


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
