"""Watches the running services, and starts again what has died, though not for ever."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence

from stack.console import Teller
from stack.problem import StackProblem
from stack.service import Service

LOOK_EVERY = 0.3
_MOST, _WITHIN = 5, 600.0  # restarts of one service, in seconds
_LONGEST_WAIT = 30.0


class Watch:
    """`healed` is called after each restart, for the pid is a new one then; `pause` waits, in seconds."""

    def __init__(
        self,
        services: Sequence[Service],
        teller: Teller,
        healed: Callable[[], None],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.services = services
        self.teller = teller
        self.healed = healed
        self.pause = pause
        self._restarts: dict[str, deque[float]] = defaultdict(deque)

    def forever(self) -> None:
        """Raises StackProblem when a service keeps dying."""
        while True:
            self.look()
            self.pause(LOOK_EVERY)

    def look(self) -> None:
        for service in self.services:
            while service.ended:
                self._restart(service)

    def _restart(self, service: Service) -> None:
        before = self._count(service.name)
        ending = service.child.ending if service.child else ""
        if before >= _MOST:
            raise StackProblem(
                f"{service.name} died {before + 1} times in ten minutes ({ending}): see its log."
            )
        self.teller.line(f"{service.name} died ({ending}): starting it again")
        service.clear_away()
        self.pause(min(_LONGEST_WAIT, 2.0**before - 1))
        try:
            service.start()
            service.wait_until_healthy()
        except StackProblem as problem:
            self.teller.line(str(problem))
            service.stop()
        else:
            self.healed()
            self.teller.line(f"{service.name} is well again")

    def _count(self, name: str) -> int:
        """How often it was restarted lately; counts this time too for the next."""
        restarts, now = self._restarts[name], time.monotonic()
        while restarts and now - restarts[0] > _WITHIN:
            restarts.popleft()
        restarts.append(now)
        return len(restarts) - 1
