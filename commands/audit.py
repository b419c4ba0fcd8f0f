"""`cqrs audit`: whether the record is whole, and letting go of what was kept long enough."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import ProgrammingError

from commands.open_ways import wrong_with_database
from commands.options import FAILED, AuditKey, DatabaseUrl, OwnerDatabaseUrl, fail
from portal.store import audit
from portal.store.audit import Head
from portal.store.audit_check import verify as check
from portal.store.engine import make_engine, make_sessions

app = typer.Typer(no_args_is_help=True, help="The audit of the portal.")
WRONG_HEAD = 2


@app.callback()
def _audit() -> None:
    """The audit of the portal."""


@app.command()
def verify(
    database: DatabaseUrl,
    audit_key: AuditKey,
    head: Annotated[
        list[str] | None, typer.Option(help="An entry that was put outside, as NUMBER:HASH; may be repeated")
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(help="The file that the worker adds such entries to", exists=True, dir_okay=False),
    ] = None,
) -> None:
    """Check that no entry was changed, removed, slipped in or, by the heads given, cut off.

    Ends with 1 when one was, and with 2 for a head that can't be read.
    """
    if wrong := wrong_with_database("CQRS_DATABASE_URL", database, os.environ):
        fail(wrong)
    kept = _heads([*(head or ()), *(heads.read_text().splitlines() if heads else ())])
    with make_sessions(make_engine(database), audit_key)() as session:
        found = check(session, kept)
    if found.fault:
        typer.echo(f"Broken at entry {found.fault.seq}: {found.fault.problem}.", err=True)
        raise typer.Exit(FAILED)
    against = f", with {len(kept)} heads that were kept outside" if kept else ""
    typer.echo(f"{found.entries} entries, all in order{against}. The newest is {found.head}.")
    if not kept:
        typer.echo("No head was given, so entries cut off at the end would not show: see --head and --heads.")


def _heads(lines: list[str]) -> list[Head]:
    """The last word of each line: the file has the time before it."""
    try:
        return [Head.read(line.split()[-1]) for line in lines if line.strip()]
    except ValueError as wrong:
        typer.echo(f"Not a head, which is written NUMBER:HASH: {wrong}", err=True)
        raise typer.Exit(WRONG_HEAD) from wrong


@app.command()
def retire(
    database: OwnerDatabaseUrl,
    audit_key: AuditKey,
    keep_days: Annotated[
        int, typer.Option(envvar="CQRS_AUDIT_KEEP_DAYS", min=1, help="How long entries are kept, in days")
    ] = 2922,
) -> None:
    """Let go of the entries kept long enough; only the tables' owner can. Run it from time to time."""
    if wrong := wrong_with_database("CQRS_OWNER_DATABASE_URL", database, os.environ):
        fail(wrong)
    at = datetime.now(UTC)
    try:
        with make_sessions(make_engine(database), audit_key).begin() as session:
            gone = audit.retire(session, at - timedelta(days=keep_days), at)
    except ProgrammingError as refused:
        typer.echo(f"Not the owner's address, so nothing was retired: {refused.orig}", err=True)
        raise typer.Exit(FAILED) from refused
    typer.echo(f"{gone} entries older than {keep_days} days retired.")
