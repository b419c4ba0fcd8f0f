"""What a test is given of running servers, wherever they came from."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.support.servers.mail import CaughtMail


@dataclass(frozen=True)
class RunningServers:
    """Keycloak and a mail catcher that answer now.

    `smtp_host` and `smtp_port` are as Keycloak reaches the mail catcher, which differs from ours when
    Keycloak is in a container.
    """

    keycloak_url: str
    admin: str
    admin_password: str = field(repr=False)
    smtp_host: str
    smtp_port: int
    mail_url: str

    @cached_property
    def mail(self) -> CaughtMail:
        return CaughtMail(self.mail_url)


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

    def forgo_safety(self) -> None:
        """No test cuts the power: what is committed need not be on the disk."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._administer(f"ALTER SYSTEM SET {setting} = off")
        self._administer("SELECT pg_reload_conf()")

    def _administer(self, statement: str, *names: str) -> None:
        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
