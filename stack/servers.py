"""PostgreSQL, Keycloak and the mail catcher: everything that the portal needs, without the portal.

    with Servers(folder) as servers:
        servers.keycloak_url, servers.admin_password, servers.postgres_url, servers.mail_url

The supervisor of `cqrs run` uses the same class, step by step, so that the portal starts while Keycloak does.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from stack.common_passwords import make_common_passwords
from stack.console import Console
from stack.disk import ROOM_FOR_NEW_STATE, ROOM_TO_RUN, check_room, lock_or_refuse
from stack.environment import KEYCLOAK_ADMINISTRATOR, make_credentials, use_no_proxy_for_this_machine
from stack.first_steps import forget_first_steps
from stack.keycloak import Keycloak, forget_keycloak
from stack.keycloak_installation import install_keycloak
from stack.page_files import fetch_page_files
from stack.ports import choose_ports
from stack.postgres import Database, Postgres, database_data, portal_database
from stack.process import Child, ProcessRegister, stop_leftovers
from stack.programs import MailCatcher
from stack.service import Service
from stack.settings import Settings, cache_folder
from stack.state import open_state


class Servers:
    """The servers of one state folder; `state` is a folder, or the Settings of a whole stack.

    With a folder alone every port is a free one. `import_realm` has Keycloak load our realm at first start.
    """

    def __init__(
        self, state: Path | Settings, *, console: Console | None = None, import_realm: bool = False
    ) -> None:
        if isinstance(state, Path):
            state = Settings(state.resolve(), cache_folder(), {})
        self.settings = state
        self.console = console or Console(quiet=True)
        self.import_realm = import_realm
        self.realm_environment: Mapping[str, str] = {}
        self.register = ProcessRegister(self.settings.state / "processes.json")
        self.services: list[Service] = []
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        self.open()
        try:
            self.prepare()
            self.start_database()
            self.start_keycloak()
            self.start_mail()
            self.await_keycloak()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Takes the state folder for itself, and ends what a killed run left. Raises StackProblem."""
        use_no_proxy_for_this_machine()
        state = self.settings.state
        open_state(state)
        running = f"This stack already runs, from {state}: stop that one, or choose another CQRS_STATE."
        with ExitStack() as closing:
            closing.enter_context(lock_or_refuse(state / "lock", running))
            left = stop_leftovers(self.register.path)
            if left:
                self.console.line(f"  Ended what a killed run had left: {', '.join(left)}")
            self.ports = choose_ports(self.settings.ports, state / "ports.json")
            self._closing = closing.pop_all()

    def prepare(self) -> None:
        """Fetches what is not in the cache, and makes the database's files. Raises StackProblem."""
        state, cache = self.settings.state, self.settings.cache
        data = database_data(state)
        check_room(data, ROOM_TO_RUN if data.exists() else ROOM_FOR_NEW_STATE)
        self.credentials = make_credentials(state / "secrets.json", data_exists=data.exists())
        self.page_files = fetch_page_files(cache, self.console)
        self.installation = install_keycloak(cache, self.console)
        self.common_passwords = make_common_passwords(cache, self.installation, self.console)
        if not data.exists():
            forget_first_steps(state)
            forget_keycloak(state)
        self.postgres.prepare()

    def start_database(self) -> None:
        with self.console.step("postgres", "Starting PostgreSQL"):
            self.add("PostgreSQL", self.postgres.launch, self.postgres.healthy).wait_until_healthy()
            self.postgres.make_databases()

    def start_keycloak(self) -> None:
        """Returns at once, for Keycloak takes long: `await_keycloak` waits."""
        self.keycloak.prepare(self.page_files, self.common_passwords)
        self._keycloak_began = self.console.elapsed()
        self.add("Keycloak", self.keycloak.launch, self.keycloak.healthy, limit=480)

    def await_keycloak(self) -> None:
        with self.console.step("await-keycloak", "Waiting for Keycloak"):
            self.service("Keycloak").wait_until_healthy()
        self.console.end_phase("keycloak", self._keycloak_began)
        self.keycloak.remember_import()

    def start_mail(self) -> None:
        self.add("mail catcher", self.mail.launch, self.mail.healthy).wait_until_healthy()

    def add(
        self, name: str, launch: Callable[[], Child], healthy: Callable[[], bool], limit: float = 60
    ) -> Service:
        """Starts a service that ends with this stack."""
        service = Service(name, launch, healthy, self.register, limit)
        service.start()
        self.services.append(service)
        return service

    def service(self, name: str) -> Service:
        return next(service for service in self.services if service.name == name)

    def close(self) -> None:
        """Stops everything that it started, the last first, and gives the state folder back."""
        for service in reversed(self.services):
            service.stop()
        self.register.clear()
        self.services = []
        self._closing.close()

    @cached_property
    def postgres(self) -> Postgres:
        made = self.credentials
        databases = (
            Database("keycloak", "keycloak", {"keycloak": made["keycloak_database_password"]}),
            portal_database(made["portal_owner_password"], made["portal_database_password"]),
        )
        return Postgres(self.settings.state, self.ports["postgres"], made["postgres_password"], databases)

    @cached_property
    def keycloak(self) -> Keycloak:
        return Keycloak(
            state=self.settings.state,
            installation=self.installation,
            port=self.ports["keycloak"],
            management_port=self.ports["keycloak_management"],
            admin_password=self.admin_password,
            database_port=self.ports["postgres"],
            database_password=self.credentials["keycloak_database_password"],
            environ=self.realm_environment,
            import_realm=self.import_realm,
        )

    @cached_property
    def mail(self) -> MailCatcher:
        return MailCatcher(self.settings.state, self.ports["smtp"], self.ports["mail"])

    @property
    def keycloak_url(self) -> str:
        return self.keycloak.url

    @property
    def admin(self) -> str:
        return KEYCLOAK_ADMINISTRATOR

    @property
    def admin_password(self) -> str:
        return self.credentials["keycloak_admin_password"]

    @property
    def postgres_url(self) -> str:
        """The database administrator's address, as SQLAlchemy takes it."""
        return self.postgres.administrator_url

    @property
    def smtp_port(self) -> int:
        return self.ports["smtp"]

    @property
    def mail_url(self) -> str:
        return self.mail.url
