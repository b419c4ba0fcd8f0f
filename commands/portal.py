"""`cqrs portal` and `cqrs worker`: the portal's database, mirror and outbox."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from commands.endings import database_explained, keycloak_explained
from commands.open_ways import wrong_with_database
from commands.options import AuditKey, OwnerDatabaseUrl, fail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Built = TypeVar("Built")
app = typer.Typer(no_args_is_help=True, help="The portal's database and mirror.")


@app.command()
def migrate(
    database: OwnerDatabaseUrl,
    audit_key: AuditKey,
    running_role: Annotated[
        str,
        typer.Option(envvar="CQRS_DATABASE_ROLE", help="The database role that the portal and worker run as"),
    ] = "portal",
) -> None:
    """Bring the database to the newest schema, and give the running service's role its rights."""
    if unsafe := wrong_with_database("CQRS_OWNER_DATABASE_URL", database, os.environ):
        fail(unsafe)
    from alembic.util import CommandError  # noqa: PLC0415 - only what is asked for is loaded

    from portal.store.migrate import upgrade  # noqa: PLC0415
    from portal.store.rights import NoSuchRole  # noqa: PLC0415

    try:
        with database_explained("CQRS_OWNER_DATABASE_URL"):
            upgrade(database, running_role, audit_key)
    except NoSuchRole as wrong:
        fail(str(wrong))
    except CommandError as wrong:
        fail(f"{wrong}: the database is newer than this version.")
    typer.echo("The database is at the newest schema.")


@app.command()
def reconcile() -> None:
    """Make the mirror equal to Keycloak now."""
    from portal.mirroring.reconcile import reconcile as run  # noqa: PLC0415
    from portal.mirroring.sweep import sweep  # noqa: PLC0415
    from portal.services import build  # noqa: PLC0415
    from portal.settings import Settings  # noqa: PLC0415

    with database_explained("CQRS_DATABASE_URL"), keycloak_explained():
        services = _built(lambda env: build(Settings.from_environment(env)))
        difference = run(services)
        moved = sweep(services)
    typer.echo(
        f"{difference.written} rows written, {difference.deleted} deleted, {moved} requests passed on."
    )


def worker() -> None:
    """Do what waits in the outbox, follow Keycloak and keep deadlines, until stopped."""
    from portal.services import build_for_worker  # noqa: PLC0415
    from portal.settings import WorkerSettings  # noqa: PLC0415
    from portal.worker import Worker  # noqa: PLC0415

    Worker(_built(lambda env: build_for_worker(WorkerSettings.from_environment(env)))).run()


def _built(build: Callable[[Mapping[str, str]], Built]) -> Built:
    """The services that the environment names; what is wrong with it is said, and ends the command."""
    from portal.logs import set_up_logs  # noqa: PLC0415
    from portal.settings import BadSetting  # noqa: PLC0415

    set_up_logs()
    try:
        return build(os.environ)
    except BadSetting as wrong:
        fail(str(wrong))
