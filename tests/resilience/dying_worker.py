"""A worker that is killed at a moment of the test's choosing, such as "grant before".

Each is a process of its own, with its own connections and threads; everything else about it is the real
worker. They are forked from a process that has loaded the code and done nothing else: loading it takes a
processor a second.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.context import ForkServerProcess
from typing import Any

from portal.logs import set_up_logs
from portal.services import build_for_worker
from portal.settings import WorkerSettings
from portal.worker import Worker

LOADED = multiprocessing.get_context("forkserver")
LOADED.set_forkserver_preload([__name__])


@contextmanager
def dying_worker(environment: Mapping[str, str], die_at: str = "") -> Iterator[ForkServerProcess]:
    """A worker with this environment, stopped by SIGTERM at the end."""
    process = LOADED.Process(target=_work, args=(dict(environment), die_at))
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join()


class Dying:
    """Passes every call on; kills its own process before or after the one named."""

    def __init__(self, to: object, call: str, when: str) -> None:
        self._to, self._call, self._when = to, call, when

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._to, name)
        return self._fatal(found) if name == self._call else found

    def _fatal(self, call: Any) -> Any:
        def fatal(*args: Any, **named: Any) -> Any:
            if self._when == "after":
                call(*args, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        return fatal


def _work(environment: Mapping[str, str], die_at: str) -> None:
    set_up_logs()
    services = build_for_worker(WorkerSettings.from_environment(environment))
    call, _, when = die_at.partition(" ")
    writer, post = Dying(services.writer, call, when), Dying(services.post, call, when)
    Worker(replace(services, writer=writer, post=post)).run()
