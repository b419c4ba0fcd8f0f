"""The worker: does what waits in the outbox, follows Keycloak and keeps the deadlines, until told to stop."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import psycopg
import structlog
from prometheus_client import start_http_server
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from directory.errors import DirectoryError
from portal.acts.deadlines import lapse_invitations, meet_deadlines
from portal.acts.housekeeping import keep_house
from portal.acts.publish_head import publish_head
from portal.effects.runner import ALL_KINDS, EVERY_URGENCY, run_one
from portal.mirroring.account_events import tell_account_events
from portal.mirroring.follow import Follower
from portal.mirroring.reconcile import ask_for_reconcile
from portal.mirroring.refresh import recheck_locked
from portal.mirroring.scope_feed import bring_in_step
from portal.mirroring.sweep import sweep
from portal.model.effects import QUEUED, EffectKind, Urgency
from portal.model.feed import TOUCHED
from portal.services import WorkerServices

MAIL = frozenset({EffectKind.MAIL})
REST = ALL_KINDS - MAIL
AWAITED = frozenset({Urgency.AWAITED})
LOOK_EVERY = 1.0
"""Seconds after which a lane looks by itself: for what had to wait, and for what no notification told of."""
GIVE_WAY = 0.5
"""Seconds that what nobody waits for gives way, at most, to what somebody does: then both go on together."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Duty:
    """Something done over and over, `every` so many seconds."""

    name: str
    every: float
    do: Callable[[WorkerServices], object]


DUTIES = (
    Duty("account events", 2.0, tell_account_events),
    Duty("deadlines", 60.0, meet_deadlines),
    Duty("invitations", 60.0, lapse_invitations),
    Duty("locked", 30.0, recheck_locked),
    Duty("sweep", 120.0, sweep),
    Duty("housekeeping", timedelta(hours=1).total_seconds(), keep_house),
    Duty("audit-head", timedelta(minutes=5).total_seconds(), publish_head),
)


class Lane:
    """Threads for one kind of work, each doing one piece at a time: `look` does one, if there is any.

    Of effects the outbox keeps the order of each key. They begin nothing while the lane `before` has
    something to do, for a while.
    """

    def __init__(
        self,
        look: Callable[[], bool],
        threads: int,
        before: "Lane | None" = None,
        give_way: float = GIVE_WAY,
    ) -> None:
        self._look, self._before, self._give_way = look, before, give_way
        self.threads = [threading.Thread(target=self._run) for _ in range(threads)]
        lock = threading.Lock()
        self._called, self._rests = threading.Condition(lock), threading.Condition(lock)
        self._calls, self._working = 0, threads
        self._stop = threading.Event()

    def wake(self) -> None:
        """Has one more thread look. More calls than threads are needless: each looks while it finds some."""
        with self._called:
            self._calls = min(self._calls + 1, len(self.threads))
            self._called.notify()

    def stop(self) -> None:
        """Has each thread end after what it has in hand."""
        self._stop.set()
        for _ in self.threads:
            self.wake()

    def let_pass(self, seconds: float) -> None:
        """Waits until nothing here is called for or in hand, and at most so long."""
        with self._rests:
            self._rests.wait_for(lambda: not self._calls and not self._working, seconds)

    def _run(self) -> None:
        while not self._stop.is_set():
            if self._before:
                self._before.let_pass(self._give_way)
            if not _attempted("effects", self._look):
                self._wait()

    def _wait(self) -> None:
        with self._called:
            self._working -= 1
            self._rests.notify_all()
            if not self._calls:
                self._called.wait(LOOK_EVERY)
            self._calls = max(0, self._calls - 1)
            self._working += 1


class Worker:
    """Lanes of threads: a mail server that hangs holds up no grant, nor does a reconcile.

    The second does what is awaited too: what waits behind something else of its key is its to find.
    """

    def __init__(self, services: WorkerServices) -> None:
        self._services = services
        self._stop = threading.Event()
        self._follower = Follower()
        awaited = Lane(partial(_one_effect, services, REST, AWAITED), 3)
        self._lanes = {
            "awaited": awaited,
            "other": Lane(partial(_one_effect, services, REST), 2, awaited),
            "mail": Lane(partial(_one_effect, services, MAIL), 2, awaited),
            TOUCHED: Lane(partial(bring_in_step, services), 1, awaited),
        }

    def run(self) -> None:
        """Works until SIGTERM or SIGINT, then finishes what is in hand. Outlives Keycloak and PostgreSQL."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        self.work()

    def work(self) -> None:
        """Works until `stop` is called, from whichever thread."""
        _attempted("reconcile", self._at_start)
        settings = self._services.settings
        if settings.metrics_port:
            start_http_server(settings.metrics_port, settings.metrics_host)
        threads = [thread for lane in self._lanes.values() for thread in lane.threads]
        threads.append(threading.Thread(target=self._listen))
        for thread in threads:
            thread.start()
        log.info("worker-started")
        self._keep((Duty("follow", 1.0, self._follower.follow), *DUTIES))
        for lane in self._lanes.values():
            lane.stop()
        for thread in threads:
            thread.join()
        log.info("worker-stopped")

    def stop(self) -> None:
        """Has the worker finish soon."""
        self._stop.set()

    def _at_start(self) -> None:
        with self._services.sessions.begin() as session:
            ask_for_reconcile(session)
        self._follower.follow(self._services)

    def _listen(self) -> None:
        """Passes on what PostgreSQL notifies; while it is away the lanes look by themselves."""
        while not self._stop.is_set():
            _attempted("listen", self._pass_on_notifications)
            self._stop.wait(LOOK_EVERY)

    def _pass_on_notifications(self) -> None:
        address = make_url(self._services.settings.database_url).set(drivername="postgresql")
        plain = address.render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True, connect_timeout=5) as connection:
            for channel in (QUEUED, TOUCHED):
                connection.execute(f"LISTEN {channel}")
            while not self._stop.is_set():
                for notification in connection.notifies(timeout=LOOK_EVERY, stop_after=1):
                    self._lanes[notification.payload.partition(" ")[0] or notification.channel].wake()

    def _keep(self, duties: Sequence[Duty]) -> None:
        due = dict.fromkeys(duties, 0.0)
        while not self._stop.is_set():
            for duty in duties:
                if due[duty] <= time.monotonic() and not self._stop.is_set():
                    _attempted(duty.name, partial(duty.do, self._services))
                    due[duty] = time.monotonic() + duty.every
            self._stop.wait(max(0.01, min(due.values()) - time.monotonic()))


def _one_effect(
    services: WorkerServices, kinds: frozenset[EffectKind], urgencies: frozenset[Urgency] = EVERY_URGENCY
) -> bool:
    """Whether there was something to do. What failed waits for its time, so there may be more at once."""
    found, _done = run_one(services, kinds=kinds, urgencies=urgencies)
    return found


def _attempted(name: str, do: Callable[[], object]) -> object:
    """What it gives; whatever goes wrong is said in the log, and it is done again in its time."""
    try:
        return do()
    except (DirectoryError, SQLAlchemyError, psycopg.Error) as away:
        log.warning("duty-postponed", duty=name, error=f"{type(away).__name__}: {away}"[:300])
    except Exception:
        log.exception("duty-failed", duty=name)
    return None
