"""What the processes of one test run share: made when first asked for, by the process that began the run.

pytest-xdist's workers each have fixtures of their own, and end at different times. So none of them starts a
server: it asks the process that outlives them all.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from multiprocessing.connection import Client, Listener
from pathlib import Path
from threading import Thread
from typing import Any

ADDRESSES = "CQRS_TEST_LENDERS"
"""The variable that names the folder of the lenders' addresses, for this process and for the workers."""
_BORROW, _CLOSE = "borrow", "close"


class Lender:
    """Opens one thing when it is first asked for, tells all who ask of it, and closes it at the end.

    It has a thread of its own that lives as long: a server ends with the thread that started it.
    """

    def __init__(self, name: str, opened: Callable[[], AbstractContextManager[Any]]) -> None:
        self._address, self._opened = _address(name), opened
        self._listener = Listener(self._address)
        self._thread = Thread(target=self._lend, name=f"lender of {name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        with Client(self._address) as asking:
            asking.send(_CLOSE)
        self._thread.join()
        self._listener.close()

    def _lend(self) -> None:
        with ExitStack() as closing:
            lent = None
            while True:
                with self._listener.accept() as asked:
                    if asked.recv() == _CLOSE:
                        return
                    lent = lent or self._open(closing)
                    asked.send(lent)

    def _open(self, closing: ExitStack) -> Any:
        """The thing, or the error that whoever asks is to raise."""
        try:
            return closing.enter_context(self._opened())
        except Exception as error:
            return NotLent(f"{type(error).__name__}: {error}")


class NotLent(Exception):
    """It could not be made; why."""


def borrow(name: str) -> Any:
    """What the lender of this name has, for as long as the test run lasts. Raises NotLent."""
    with Client(_address(name)) as asking:
        asking.send(_BORROW)
        lent = asking.recv()
    if isinstance(lent, NotLent):
        raise lent
    return lent


def _address(name: str) -> str:
    return str(Path(os.environ[ADDRESSES]) / f"{name}.socket")
