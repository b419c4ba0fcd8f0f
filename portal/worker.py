"""The worker: does what waits in the outbox, follows Keycloak and keeps the deadlines, until told to stop."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from prometheus_client import start_http_server
from sqlalchemy.exc import SQLAlchemyError

from directory.errors import DirectoryError
from portal.acts.deadlines import meet_deadlines
from portal.acts.housekeeping import keep_house
from portal.effects.runner import ALL_KINDS, run_due
from portal.mirroring.follow import follow
from portal.mirroring.reconcile import ask_for_reconcile
from portal.mirroring.refresh import recheck_locked
from portal.mirroring.sweep import sweep
from portal.model.effects import EffectKind
from portal.services import Services

MAIL = frozenset({EffectKind.MAIL})
REST = ALL_KINDS - MAIL
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Duty:
    """Something done over and over, `every` so many seconds."""

    name: str
    every: float
    do: Callable[[Services], object]


EFFECTS = (Duty("effects", 0.2, lambda services: run_due(services, kinds=REST)),)
MAILS = (Duty("mail", 0.2, lambda services: run_due(services, kinds=MAIL)),)
WATCH = (
    Duty("follow", 1.0, follow),
    Duty("deadlines", 60.0, meet_deadlines),
    Duty("locked", 30.0, recheck_locked),
    Duty("sweep", 120.0, sweep),
    Duty("housekeeping", timedelta(hours=1).total_seconds(), keep_house),
)


class Worker:
    """Three threads: a mail server that hangs doesn't hold up grants, nor does a reconcile."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stop = threading.Event()

    def run(self) -> None:
        """Works until SIGTERM or SIGINT, then finishes what is in hand. Outlives Keycloak and PostgreSQL."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        self.work()

    def work(self) -> None:
        """Works until `stop` is called, from whichever thread."""
        self._attempt(Duty("reconcile", 0, self._at_start))
        if self._services.settings.metrics_port:
            start_http_server(self._services.settings.metrics_port, self._services.settings.metrics_host)
        threads = [threading.Thread(target=self._loop, args=(duties,)) for duties in (EFFECTS, MAILS)]
        for thread in threads:
            thread.start()
        log.info("worker-started")
        self._loop(WATCH)
        for thread in threads:
            thread.join()
        log.info("worker-stopped")

    def stop(self) -> None:
        """Has the worker finish soon."""
        self._stop.set()

    def _at_start(self, services: Services) -> None:
        ask_for_reconcile(services)
        follow(services)

    def _loop(self, duties: Sequence[Duty]) -> None:
        due = dict.fromkeys(duties, 0.0)
        while not self._stop.is_set():
            for duty in duties:
                if due[duty] <= time.monotonic() and not self._stop.is_set():
                    self._attempt(duty)
                    due[duty] = time.monotonic() + duty.every
            self._stop.wait(max(0.01, min(due.values()) - time.monotonic()))

    def _attempt(self, duty: Duty) -> None:
        """Does the duty; whatever goes wrong is said in the log, and it is done again in its time."""
        try:
            duty.do(self._services)
        except (DirectoryError, SQLAlchemyError) as away:
            log.warning("duty-postponed", duty=duty.name, error=f"{type(away).__name__}: {away}"[:300])
        except Exception:
            log.exception("duty-failed", duty=duty.name)
