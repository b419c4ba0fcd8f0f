"""A part of the stack that is started, asked whether it is well, healed and stopped."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from stack.leftovers import Register
from stack.problem import StackProblem
from stack.process import Child, kill_all, rest_of_session

_ASK_EVERY = 0.05
_NO_SPACE = "No space left on device"


@dataclass
class Service:
    """`launch` starts it; `healthy` asks it; `limit` is in seconds for it to become healthy or to stop."""

    name: str
    launch: Callable[[], Child]
    healthy: Callable[[], bool]
    register: Register
    limit: float = 60
    child: Child | None = None

    def start(self) -> None:
        """Launches it and returns at once."""
        self.child = self.launch()
        self.register.add(self.child)

    def wait_until_healthy(self) -> None:
        """Raises StackProblem when it ends, or takes longer than `limit`."""
        until = time.monotonic() + self.limit
        while not self.healthy():
            if self.ended:
                raise StackProblem(f"{self.name} did not start ({self._why()})")
            if time.monotonic() > until:
                raise StackProblem(f"{self.name} is not healthy after {self.limit:.0f} s: see {self._log}.")
            time.sleep(_ASK_EVERY)

    @property
    def ended(self) -> bool:
        """Whether it ran and runs no more."""
        return self.child is not None and self.child.ended

    def stop(self) -> None:
        if self.child:
            self.child.stop(self.limit)

    def clear_away(self) -> None:
        """Ends what a dead one left: a killed gunicorn's workers would go on answering for a while."""
        if self.ended and self.child:
            kill_all(rest_of_session(self.child.popen.pid))

    @property
    def _log(self) -> str:
        return str(self.child.log) if self.child else "its log"

    def _why(self) -> str:
        if self.child is None:
            return "it was never started"
        last = self.child.log.read_text(errors="replace")[-4000:]
        if _NO_SPACE in last:
            return "the disk is full: free some space and start again"
        return f"{self.child.ending}): see {self._log}".removesuffix(")")
