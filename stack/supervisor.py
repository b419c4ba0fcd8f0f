"""`cqrs run`: starts everything in order, says when it is ready, heals it, and stops all of it."""

import errno
import os
import sys
from collections.abc import Mapping

from stack.console import Teller
from stack.first_steps import FirstSteps
from stack.json_files import keep
from stack.nhsuk import place
from stack.problem import StackProblem
from stack.programs import Application
from stack.report import facts, table
from stack.restarting import Watch
from stack.servers import Servers
from stack.settings import ROOT, Settings, read_settings
from stack.stopping import StopAsked, stop_on_signals
from stack.wiring import service_environment

PAGE_FILES = ROOT / "portal" / "web" / "static" / "vendor" / "nhsuk"


def run(environ: Mapping[str, str] = os.environ) -> int:
    """Runs the stack until it is asked to stop; the exit code. A problem is one line on standard error."""
    try:
        with stop_on_signals():
            Stack(read_settings(environ), Teller()).run()
    except StopAsked:
        print("Stopped. The data is kept for the next start; `make clean` removes it.", flush=True)
        return 0
    except StackProblem as problem:
        return _fail(str(problem))
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        return _fail(
            "The disk is full: free some space, or choose another place with CQRS_STATE and CQRS_CACHE."
        )
    return 0


def _fail(words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    return 1


class Stack:
    """One run of the whole stack."""

    def __init__(self, settings: Settings, teller: Teller) -> None:
        self.settings = settings
        self.teller = teller
        self.servers = Servers(settings, teller=teller, import_realm=True)

    def run(self) -> None:
        """Raises StackProblem for what it can't mend, StopAsked when it is asked to stop."""
        self.servers.open()
        self.settings.run_file.unlink(missing_ok=True)
        try:
            self._start()
            self._say_ready()
            Watch(self.servers.services, self.teller, self._write_facts).forever()
        finally:
            self._stop()

    def _start(self) -> None:
        servers = self.servers
        servers.prepare()
        place(servers.page_files, PAGE_FILES)
        servers.start_database()
        self.environ = service_environment(servers.ports, servers.credentials, servers.postgres)
        servers.realm_environment = self.environ
        self.application = Application(
            self.settings.state, servers.ports["portal"], servers.ports["metrics"], self.environ
        )
        self.first_steps = FirstSteps(self.settings.state, self.environ)
        servers.start_keycloak()
        self._start_beside_keycloak()
        servers.await_keycloak()
        self._start_on_keycloak()

    def _start_beside_keycloak(self) -> None:
        """What does not need Keycloak starts while Keycloak does, which takes the longest."""
        with self.teller.step("migrate", "Bringing the portal's database to its newest form"):
            self.first_steps.migrate()
        self.servers.start_mail()
        self.servers.add("portal", self.application.launch_portal, self.application.portal_healthy)
        if self.first_steps.taken:
            self._start_worker()

    def _start_on_keycloak(self) -> None:
        with self.teller.step("realm", "Comparing the realm with its files"):
            self.first_steps.apply_realm()
        with self.teller.step("sample", "Looking for the sample organisations and people"):
            first = not self.first_steps.taken
            self.people = self.first_steps.sample_people()
        if first:
            self._start_worker()
        with self.teller.step("portal", "Waiting for the portal and its worker"):
            for name in ("portal", "worker"):
                self.servers.service(name).wait_until_healthy()
        self.teller.phase("ready", 0.0)

    def _start_worker(self) -> None:
        self.servers.add("worker", self.application.launch_worker, self.application.worker_healthy)

    def _say_ready(self) -> None:
        self._write_facts()
        self.teller.console.print(table(self._facts()), soft_wrap=False)
        print(f"ready {self.application.url}", flush=True)

    def _facts(self) -> dict[str, object]:
        return facts(self.servers, self.application.url, self.environ, self.people)

    def _write_facts(self) -> None:
        keep(self.settings.run_file, self._facts())

    def _stop(self) -> None:
        self.teller.line("Stopping")
        self.settings.run_file.unlink(missing_ok=True)
        self.servers.close()
