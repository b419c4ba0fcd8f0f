"""What a test is given of running servers, wherever they came from."""

from dataclasses import dataclass, field
from functools import cached_property

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.support.servers.mail import CaughtMail


@dataclass(frozen=True)
class RunningServers:
    """PostgreSQL, Keycloak and a mail catcher that answer now.

    `postgres_url` is the administrator's, as SQLAlchemy takes it. `smtp_host` and `smtp_port` are as Keycloak
    reaches the mail catcher, which differs from ours when Keycloak is in a container.
    """

    keycloak_url: str
    admin: str
    admin_password: str = field(repr=False)
    postgres_url: str = field(repr=False)
    smtp_host: str
    smtp_port: int
    mail_url: str

    @cached_property
    def mail(self) -> CaughtMail:
        return CaughtMail(self.mail_url)

    def database_url(self, name: str, template: str = "template1") -> str:
        """The address of a new database of this name, empty or a copy of `template`.

        One of the same name is dropped first.
        """
        self.drop_database(name)
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, template)
        return make_url(self.postgres_url).set(database=name).render_as_string(hide_password=False)

    def drop_database(self, name: str) -> None:
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _administer(self, statement: str, *names: str) -> None:
        plain = make_url(self.postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
