"""`cqrs run`: starts everything in order, says when it is ready, restarts what dies, and stops all of it."""

import errno
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from stack import StackProblem
from stack.console import Console
from stack.disk import in_words, write_json
from stack.environment import service_environment
from stack.example import example_environment, register_example
from stack.first_steps import FirstSteps
from stack.page_files import PORTAL_FOLDER, copy_page_files
from stack.postgres import database_home
from stack.programs import Example, Portal, Worker
from stack.servers import Servers
from stack.service import Restarter
from stack.settings import EXAMPLE_PORT, Settings, cache_folder, read_settings, state_folder

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Somebody pressed Ctrl-C, or the system asked us to end."""


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Raises StopRequested at the first such signal, and ignores later ones, so that the stop is whole."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in _STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise StopRequested

    before = {each: signal.signal(each, stop) for each in _STOP_SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def run(environ: Mapping[str, str] = os.environ) -> int:
    """Runs the stack until it is asked to stop; the exit code. A problem is one line on standard error.

    Raises OSError for one that isn't of the disk or the stack's folders, as a fault of ours is.
    """
    try:
        with stop_on_signals():
            Stack(read_settings(environ), Console()).run()
    except StopRequested:
        print("Stopped. The data is kept for the next start; `make clean` removes it.", flush=True)
        return 0
    except StackProblem as problem:
        return _fail(str(problem))
    except OSError as problem:
        if wrong := wrong_with_place(problem, environ):
            return _fail(f"{wrong}, or choose another place with CQRS_STATE and CQRS_CACHE.")
        raise
    return 0


def wrong_with_place(problem: OSError, environ: Mapping[str, str]) -> str:
    """In words, where the system refuses something in the stack's folders; nothing for any other fault."""
    if problem.errno == errno.ENOSPC:
        return "The disk is full: free some space"
    state = state_folder(environ)
    places = (state, cache_folder(environ), database_home(state))
    return f"{in_words(problem)}. Put that right" if _is_about(problem, places) else ""


def _is_about(problem: OSError, places: Iterable[Path]) -> bool:
    """Whether the file that it names is one of these folders, or in one, or has one in it."""
    if not isinstance(problem.filename, str | bytes):
        return False
    file = Path(os.fsdecode(problem.filename)).absolute()
    return any(file.is_relative_to(place) or place.is_relative_to(file) for place in places)


def _fail(words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    return 1


class Stack:
    """One run of the whole stack."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self.settings = settings
        self.console = console
        self.servers = Servers(settings, console=console, import_realm=True)
        self.example = ""

    def run(self) -> None:
        """Raises StackProblem for what it can't mend, StopRequested when it is asked to stop."""
        self.servers.open()
        self.settings.run_file.unlink(missing_ok=True)
        try:
            self._start()
            self._write_run_file()
            self.console.ready(self._facts())
            Restarter(self.servers.services, self.console, self._write_run_file).run()
        finally:
            self.console.line("Stopping")
            self.settings.run_file.unlink(missing_ok=True)
            self.servers.close()

    def _start(self) -> None:
        servers, state = self.servers, self.settings.state
        servers.prepare()
        copy_page_files(servers.page_files, PORTAL_FOLDER)
        servers.start_database()
        urls = (servers.postgres.url("portal"), servers.postgres.url("portal_owner"))
        self.environ = service_environment(servers.ports, servers.credentials, *urls)
        servers.realm_environment = self.environ
        self.portal = Portal(state, servers.ports["portal"], self.environ)
        self.worker = Worker(state, servers.ports["metrics"], self.environ)
        self.first_steps = FirstSteps(state, self.environ)
        servers.start_keycloak()
        self._start_beside_keycloak()
        servers.await_keycloak()
        self._start_after_keycloak()
        self.console.end_phase("ready", 0.0)

    def _start_beside_keycloak(self) -> None:
        """What does not need Keycloak starts while Keycloak does, which takes the longest."""
        with self.console.step("migrate", "Bringing the portal's database to its newest form"):
            self.first_steps.migrate()
        self.servers.start_mail()
        self.servers.add("portal", self.portal.launch, self.portal.healthy)
        if self.first_steps.taken_before:
            self._start_worker()

    def _start_after_keycloak(self) -> None:
        with self.console.step("realm", "Comparing the realm with its files"):
            self.first_steps.apply_realm()
        with self.console.step("sample", "Looking for the sample organisations and people"):
            first = not self.first_steps.taken_before
            self.people = self.first_steps.sample_people()
        if first:
            self._start_worker()
        with self.console.step("portal", "Waiting for the portal and its worker"):
            for name in ("portal", "worker"):
                self.servers.service(name).wait_until_healthy()
        self._start_example()

    def _start_example(self) -> None:
        """The application of `examples/`, and its client in Keycloak, where a port is named for it."""
        port = self.servers.ports.get(EXAMPLE_PORT)
        if not port:
            return
        environ = example_environment(self.environ, self.servers.credentials)
        example = Example(self.settings.state, port, environ)
        with self.console.step("example", "Starting the example application"):
            register_example(self.environ, example.url, self.servers.credentials["example_secret"])
            self.servers.add("example", example.launch, example.healthy).wait_until_healthy()
        self.example = example.url

    def _start_worker(self) -> None:
        self.servers.add("worker", self.worker.launch, self.worker.healthy)

    def _write_run_file(self) -> None:
        write_json(self.settings.run_file, self._facts())

    def _facts(self) -> dict[str, Any]:
        """What run.json says. It holds passwords, for development only: the file is its owner's alone."""
        servers = self.servers
        return {
            "portal": self.portal.url,
            "keycloak": servers.keycloak_url,
            "keycloak_console": f"{servers.keycloak_url}/admin/",
            "administrator": {"username": servers.admin, "password": servers.admin_password},
            **({"example": self.example} if self.example else {}),
            "mail": servers.mail_url,
            "mail_list": f"{servers.mail_url}/messages.json",
            "people": self.people,
            "database_url": self.environ["CQRS_DATABASE_URL"],
            "pids": servers.register.pids,
            "phases": self.console.phases,
            "ready_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "environment": self.environ,
        }
