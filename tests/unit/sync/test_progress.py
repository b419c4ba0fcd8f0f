"""How far a run is: on a terminal a bar with the rate and the time left, elsewhere a line now and then."""

from io import StringIO

from rich.console import Console

from commands.sync_output import PLAIN_EVERY, progress_shown

LONG = 4.0
"""Seconds between what is told, longer than a line elsewhere waits for."""


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def told(terminal: bool) -> str:
    """What stands there after 250 of 1,000 have been done in steps of 50."""
    clock, screen = Clock(), StringIO()
    on = Console(file=screen, force_terminal=terminal, width=100, legacy_windows=False)
    with progress_shown(1_000, on, clock) as done:
        for _ in range(5):
            clock.seconds += LONG
            done(50)
    return screen.getvalue()


def test_on_a_terminal_the_rate_and_the_time_left() -> None:
    """Fifty in four seconds are 12 a second; the other 750 take a minute at that rate."""
    shown = told(terminal=True)
    assert "250/1000" in shown
    assert "12/s" in shown
    assert "0:01:00" in shown


def test_elsewhere_a_line_now_and_then() -> None:
    assert told(terminal=False).splitlines() == [f"{done} of 1,000" for done in (50, 100, 150, 200, 250)]
    assert LONG > PLAIN_EVERY
