"""Turns the signals that ask a program to stop into one exception, raised once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(BaseException):
    """Somebody pressed Ctrl-C, or the system asked us to end."""


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Raises StopAsked at the first such signal; later ones are ignored, so that the stop itself is whole."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise StopAsked

    before = {each: signal.signal(each, stop) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
