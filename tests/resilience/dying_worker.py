"""A worker that is killed at a moment of the test's choosing: `CQRS_TEST_DIE_AT` is such as "grant before".

Run as a program; everything else about it is the real worker.
"""

import os
import signal
from dataclasses import replace
from typing import Any

from portal.logs import set_up_logs
from portal.services import build_for_worker
from portal.settings import WorkerSettings
from portal.worker import Worker


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


def main() -> None:
    set_up_logs()
    services = build_for_worker(WorkerSettings.from_environment(os.environ))
    call, _, when = os.environ.get("CQRS_TEST_DIE_AT", "").partition(" ")
    writer, post = Dying(services.writer, call, when), Dying(services.post, call, when)
    Worker(replace(services, writer=writer, post=post)).run()


if __name__ == "__main__":
    main()
