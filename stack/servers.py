"""PostgreSQL, Keycloak and the mail catcher: everything that the portal needs, without the portal.

    with Servers(folder) as servers:
        servers.keycloak_url, servers.admin_password, servers.postgres_url, servers.mail_url

The supervisor of `cqrs run` uses the same class, step by step, so that the portal starts while Keycloak does.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from stack.console import Teller
from stack.credentials import make_credentials
from stack.disk import NEW_STATE, RUNNING, check_room
from stack.keycloak import ADMINISTRATOR, Keycloak
from stack.keycloak_installation import keycloak_installation
from stack.leftovers import Register, stop_leftovers
from stack.lock import only_one
from stack.mail import MailCatcher
from stack.page_files import page_files
from stack.ports import settle_ports
from stack.postgres import Postgres
from stack.proxies import reach_this_machine_directly
from stack.service import Service
from stack.settings import Settings, cache_folder
from stack.state import open_state
from stack.unprivileged import database_home


class Servers:
    """The servers of one state folder; `state` is a folder, or the Settings of a whole stack.

    With a folder alone every port is a free one. `import_realm` has Keycloak load our realm at first start.
    """

    def __init__(
        self, state: Path | Settings, *, teller: Teller | None = None, import_realm: bool = False
    ) -> None:
        own = Settings(Path(state).resolve(), cache_folder(), {}) if isinstance(state, Path) else state
        self.settings = own
        self.teller = teller or Teller(quiet=True)
        self.import_realm = import_realm
        self.realm_environment: Mapping[str, str] = {}
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
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Takes the state folder for itself, and ends what a killed run left. Raises StackProblem."""
        reach_this_machine_directly()
        state = self.settings.state
        open_state(state)
        running = f"This stack already runs, from {state}: stop that one, or choose another CQRS_STATE."
        self._closing.enter_context(only_one(state / "lock", running))
        try:
            self._settle(state)
        except BaseException:
            self._closing.close()
            raise

    def _settle(self, state: Path) -> None:
        left = stop_leftovers(state / "processes.json")
        if left:
            self.teller.line(f"  Ended what a killed run had left: {', '.join(left)}")
        self.ports = settle_ports(self.settings.ports, state / "ports.json")

    def prepare(self) -> None:
        """Fetches what is not in the cache, and makes the database's files. Raises StackProblem."""
        cluster = database_home(self.settings.state) / "data"
        check_room(cluster, RUNNING if cluster.exists() else NEW_STATE)
        self.credentials = make_credentials(
            self.settings.state / "secrets.json", data_exists=cluster.exists()
        )
        self.page_files = page_files(self.settings.cache, self.teller)
        self.installation = keycloak_installation(self.settings.cache, self.teller)
        self.postgres.prepare()

    def start_database(self) -> None:
        with self.teller.step("postgres", "Starting PostgreSQL"):
            self.add("PostgreSQL", self.postgres.launch, self.postgres.healthy).wait_until_healthy()
            self.postgres.make_databases()

    def start_keycloak(self) -> None:
        self.keycloak.prepare(self.page_files)
        self._keycloak_began = self.teller.now()
        self.add("Keycloak", self.keycloak.launch, self.keycloak.healthy, limit=480)

    def await_keycloak(self) -> None:
        with self.teller.step("await-keycloak", "Waiting for Keycloak"):
            self.service("Keycloak").wait_until_healthy()
        self.teller.phase("keycloak", self._keycloak_began)
        self.keycloak.remember_import()

    def start_mail(self) -> None:
        self.add("mail catcher", self.mail.launch, self.mail.healthy).wait_until_healthy()

    def add(self, name: str, launch: object, healthy: object, limit: float = 60) -> Service:
        """Starts a service that ends with this stack."""
        service = Service(name, launch, healthy, self.register, limit)  # type: ignore[arg-type]
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
    def register(self) -> Register:
        return Register(self.settings.state / "processes.json")

    @cached_property
    def postgres(self) -> Postgres:
        owners = {name: self.credentials[f"{name}_database_password"] for name in ("keycloak", "portal")}
        password = self.credentials["postgres_password"]
        return Postgres(self.settings.state, self.ports["postgres"], password, owners)

    @cached_property
    def keycloak(self) -> Keycloak:
        return Keycloak(
            state=self.settings.state,
            installation=self.installation,
            port=self.ports["keycloak"],
            management_port=self.ports["keycloak_management"],
            admin_password=self.credentials["keycloak_admin_password"],
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
        return ADMINISTRATOR

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

    def pids(self) -> Iterator[int]:
        yield from self.register.pids.values()
