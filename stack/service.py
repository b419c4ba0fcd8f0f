"""A service of the stack: started, asked whether it is healthy, stopped, and started again when it dies."""

import http.client
import socket
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stack import StackProblem
from stack.console import Console
from stack.process import Child, ProcessRegister

CHECK_EVERY = 0.3
_ASK_EVERY = 0.05
_ANSWERS_WITHIN = 3.0
_MOST, _WITHIN = 5, 600.0  # restarts of one service, in seconds
_LONGEST_WAIT = 30.0
_NO_SPACE = "No space left on device"


@dataclass
class Service:
    """`launch` starts it; `healthy` asks it; `limit` is in seconds for it to become healthy or to stop."""

    name: str
    launch: Callable[[], Child]
    healthy: Callable[[], bool]
    register: ProcessRegister
    limit: float
    child: Child | None = None

    def start(self) -> None:
        """Launches it and returns at once."""
        self.child = self.launch()
        self.register.add(self.child)

    def wait_until_healthy(self) -> None:
        """Raises StackProblem when it ends, or takes longer than `limit`."""
        until = time.monotonic() + self.limit
        while not self.healthy():
            if self.child is None or self.child.ended:
                raise StackProblem(f"{self.name} did not start {self._why()}")
            if time.monotonic() > until:
                log = self.child.log
                raise StackProblem(f"{self.name} is not healthy after {self.limit:.0f} s: see {log}.")
            time.sleep(_ASK_EVERY)

    def stop(self) -> None:
        if self.child:
            self.child.stop(self.limit)

    def _why(self) -> str:
        if self.child is None:
            return "(it was never started)"
        last = self.child.log.read_text(errors="replace")[-4000:]
        if _NO_SPACE in last:
            return "(the disk is full: free some space and start again)"
        return f"({self.child.how_it_ended}): see {self.child.log}"


class Restarter:
    """Starts again what has died, though not for ever.

    `restarted` is called after each restart, for the pid is a new one then; `pause` waits, in seconds.
    """

    def __init__(
        self,
        services: Sequence[Service],
        console: Console,
        restarted: Callable[[], None],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._services = services
        self._console = console
        self._restarted = restarted
        self._pause = pause
        self._times: dict[str, deque[float]] = defaultdict(deque)

    def run(self) -> None:
        """Raises StackProblem when a service keeps dying; ends no other way."""
        while True:
            self.check()
            self._pause(CHECK_EVERY)

    def check(self) -> None:
        """Looks once at each service, and starts again those that have ended."""
        for service in self._services:
            while service.child and service.child.ended:
                self._restart(service, service.child)

    def _restart(self, service: Service, dead: Child) -> None:
        before, how = self._count(service.name), dead.how_it_ended
        if before >= _MOST:
            raise StackProblem(f"{service.name} died {before + 1} times in ten minutes ({how}): see its log.")
        self._console.line(f"{service.name} died ({how}): starting it again")
        dead.kill_what_it_left()  # a killed gunicorn's workers would go on answering for a while
        self._pause(min(_LONGEST_WAIT, 2.0**before - 1))
        try:
            service.start()
            service.wait_until_healthy()
        except StackProblem as problem:
            self._console.line(str(problem))
            service.stop()
        else:
            self._restarted()
            self._console.line(f"{service.name} is well again")

    def _count(self, name: str) -> int:
        """How often it was restarted lately; counts this time too for the next."""
        times, now = self._times[name], time.monotonic()
        while times and now - times[0] > _WITHIN:
            times.popleft()
        times.append(now)
        return len(times) - 1


def answers_ok(port: int, path: str) -> bool:
    """Whether a GET to this port of 127.0.0.1, past any proxy, is answered with 200 now."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWERS_WITHIN)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def accepts_connections(port: int) -> bool:
    """Whether something listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(_ANSWERS_WITHIN)
        return probe.connect_ex(("127.0.0.1", port)) == 0
