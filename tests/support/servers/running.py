"""What a test is given of running servers, wherever they came from."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.support.servers.mail import CaughtMail


@dataclass(frozen=True)
class RunningServers:
    """Keycloak and a mail catcher that answer now, on this machine's own address."""

    keycloak_url: str
    admin: str
    admin_password: str = field(repr=False)
    smtp_host: str
    smtp_port: int
    mail_url: str
    trusted_certificate: Path | None = None
    """A file with a key and the certificate that Keycloak trusts, beside those of the world's authorities."""

    @cached_property
    def mail(self) -> CaughtMail:
        return CaughtMail(self.mail_url)


AUDIT_KEY = "the key of the audit"
RUNNING_ROLE = "cqrs_running"
"""Whom the portal and the worker sign in as: no owner of anything."""
RUNNING_PASSWORD = "Beachcombers-find-7-odd-shoes"


def as_running_role(url: str) -> str:
    """The same database for the running service."""
    running = make_url(url).set(username=RUNNING_ROLE, password=RUNNING_PASSWORD)
    return running.render_as_string(hide_password=False)


@dataclass(frozen=True)
class RunningPostgres:
    """A PostgreSQL that answers now; `url` is its administrator's address, as SQLAlchemy takes it."""

    url: str = field(repr=False)

    @contextmanager
    def fresh_database(self, template: str = "template1") -> Iterator[str]:
        """The address of a database with a name nobody else has, gone again at the end."""
        name = f"test_{secrets.token_hex(4)}"
        yield self.database_url(name, template)
        self.drop_database(name)

    def database_url(self, name: str, template: str = "template1") -> str:
        """The address of a new database of this name, empty or a copy of `template`.

        One of the same name is dropped first.
        """
        self.drop_database(name)
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, template)
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop_database(self, name: str) -> None:
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def make_running_role(self) -> None:
        """Makes the running service's role when there is none; of two that want it at once one makes it."""
        with psycopg.connect(self._plain, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(1)")
            known = "SELECT 1 FROM pg_roles WHERE rolname = %s"
            if connection.execute(known, [RUNNING_ROLE]).fetchone():
                return
            made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(made.format(sql.Identifier(RUNNING_ROLE), sql.Literal(RUNNING_PASSWORD)))
            self.let_become(RUNNING_ROLE, str(make_url(self.url).username))

    def let_become(self, role: str, owner: str) -> None:
        """Lets the role become the owner when a test says so; until then it has none of its rights."""
        self._administer("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE", owner, role)

    def as_administrator(self, url: str) -> str:
        """The address of the same database for the administrator, who owns what is in it."""
        return make_url(self.url).set(database=make_url(url).database).render_as_string(hide_password=False)

    def forgo_safety(self) -> None:
        """No test cuts the power: what is committed need not be on the disk."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._administer(f"ALTER SYSTEM SET {setting} = off")
        self._administer("SELECT pg_reload_conf()")

    @property
    def _plain(self) -> str:
        return make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._plain, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
