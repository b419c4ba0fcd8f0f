"""One run at a time, and what it says of itself in Keycloak while it goes on and when it ends.

A run that was killed says nothing any more: the next one sees that it is over, notes that, and goes on. A run
says that it lives every so often, also while it waits for a Keycloak that restarts.
"""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import Any

from directory.errors import AlreadyThere, DirectoryError
from directory.sync_runs import SHOWN_CHANGES, Recorded, RunLog, RunState, SyncRun
from directory.trace import named
from directory.tree_creation import Progress
from sync.errors import AnotherRun
from sync.plan import Operation, Plan

SAYS_EVERY = 15.0  # seconds
TRIES = 5  # to have a turn, against runs that each take the next number and are over at once


class Telling:
    """What one run has to say, one thing after another. `earlier` are those before it, the newest first."""

    def __init__(self, log: RunLog, run: SyncRun) -> None:
        self._log = log
        self._speaks = Lock()
        self.run = run
        self.earlier: tuple[SyncRun, ...] = ()

    def take_turn(self, tries: int = TRIES) -> None:
        """Raises AnotherRun while another is under way, and DirectoryError."""
        before = self._over_so_far()
        try:
            self.run = self._log.begin(self.run, before)
        except AlreadyThere:  # another was quicker: now it is seen, under way or over
            if tries == 1:
                raise
            self.take_turn(tries - 1)
        else:
            self.earlier = before.runs
            with suppress(DirectoryError):
                self._log.cut([self.run, *before.runs])

    def _over_so_far(self) -> Recorded:
        """Every other run, and each is over: one that can't say so is noted as stopped."""
        found = self._log.recorded()
        for other in (run for run in found.runs if not run.state.is_over):
            if not is_over(other, self.run.host, _now()):
                raise AnotherRun(other)
            self._log.tell(replace(other, state=RunState.STOPPED))
        return found

    def planned(self, plan: Plan) -> None:
        """What it is about to do."""
        counts = {operation.value: count for operation, count in plan.counts.items()}
        changes = tuple(
            _in_words(change.operation, change.code, change.organisation.name) for change in plan.changes
        )
        self.run = replace(self.run, counts=counts, changes=tuple(sorted(changes[:SHOWN_CHANGES])))

    def counted(self, progress: Progress) -> Progress:
        """The same, which is counted here too."""

        def on_progress(done: int) -> None:
            self.run = replace(self.run, done=self.run.done + done)
            progress(done)

        return on_progress

    def writes(self) -> None:
        """That it begins to write. Raises DirectoryError when Keycloak doesn't hear it: then it must not."""
        with self._speaks:
            writing = replace(self.run, wrote=True)
            self._tell(writing)
            self.run = writing

    def beat(self) -> None:
        """That it lives, unless it is over. A Keycloak that doesn't hear it now hears the next."""
        with self._speaks, suppress(DirectoryError):
            if not self.run.state.is_over:
                self._tell(self.run)

    def end(self, state: RunState, problem: str = "") -> None:
        """How it ended: its last word, if Keycloak can be reached.

        Also of a run that never had its turn, as its files were broken.
        """
        with self._speaks, suppress(DirectoryError):
            self.run = replace(self.run, state=state, problem=problem, told_at=_now())
            if self.run.id:
                self._tell(self.run)
            else:
                self._log.begin(self.run, self._log.recorded())

    def _tell(self, run: SyncRun) -> None:
        with named(run.id):
            self._log.tell(replace(run, told_at=_now()))


def telling(log: RunLog, sources: Sequence[str]) -> Telling:
    """Of a run that begins now, on this machine."""
    began = _now()
    return Telling(log, SyncRun(socket.gethostname(), os.getpid(), tuple(sorted(sources)), began, began))


@contextmanager
def turn(told: Telling, every: float = SAYS_EVERY) -> Iterator[None]:
    """Has the turn, and says so `every` so many seconds; what is done in it has the run's id as its name.

    Raises AnotherRun, DirectoryError.
    """
    told.take_turn()
    with named(told.run.id), _every(every, told.beat):
        yield


@contextmanager
def _every(seconds: float, act: Callable[[], Any]) -> Iterator[None]:
    over = Event()

    def go_on() -> None:
        while not over.wait(seconds):
            act()

    thread = Thread(target=go_on, name="says that it lives", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def is_over(run: SyncRun, host: str, at: datetime) -> bool:
    """Whether a run that doesn't say so has ended: its process is gone, or it has been silent for long."""
    if run.host == host and run.process != os.getpid() and not _lives(run.process):
        return True
    return run.is_silent(at)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):  # no process has such a number
        return False
    except PermissionError:
        return True
    return True


def _in_words(operation: Operation, code: str, name: str) -> str:
    return f"{operation.value} {code} {name}"


def _now() -> datetime:
    return datetime.now(UTC)
