"""`cqrs audit`: whether the record is whole, and letting go of what was kept long enough."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import ProgrammingError

from commands.endings import database_explained
from commands.open_ways import wrong_with_database
from commands.options import FAILED, AuditKey, DatabaseUrl, OwnerDatabaseUrl, fail
from portal.store import audit
from portal.store.audit import Head
from portal.store.audit_check import Verified
from portal.store.audit_check import verify as check
from portal.store.engine import make_engine, make_sessions

app = typer.Typer(no_args_is_help=True, help="The audit of the portal.")
CHANGED, WRONG_HEAD, NOT_FOUND_OUT = FAILED, 2, 3


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

    Ends with 1 when one was, and for nothing else; with 2 for a wrong option, or a head that can't be read;
    with 3 when it could not be found out.
    """
    with _nothing_else_is_a_change():
        if wrong := wrong_with_database("CQRS_DATABASE_URL", database, os.environ):
            fail(wrong, NOT_FOUND_OUT)
        kept = _heads([*(head or ()), *_lines(heads)])
        with make_sessions(make_engine(database), audit_key)() as session:
            found = check(session, kept)
        if not found.fault:
            _tell_whole(found, kept)
    if found.fault:
        _tell_if_possible(f"Broken at entry {found.fault.seq}: {found.fault.problem}.")
        raise typer.Exit(CHANGED)


@contextmanager
def _nothing_else_is_a_change() -> Iterator[None]:
    """A fault of ours, or an answer that can't be written, would end with 1 too, as Python has it."""
    try:
        with database_explained("CQRS_DATABASE_URL", NOT_FOUND_OUT):
            yield
    except typer.Exit:
        raise
    except Exception:
        with suppress(OSError):
            traceback.print_exc()
        raise typer.Exit(NOT_FOUND_OUT) from None


def _tell_if_possible(words: str) -> None:
    """On the error output; where nothing can be written the code has to say it alone."""
    try:
        typer.echo(words, err=True)
    except OSError:
        # What is left in the buffer would be tried once more at the end, and then change the code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _tell_whole(found: Verified, kept: list[Head]) -> None:
    against = f", with {len(kept)} heads that were kept outside" if kept else ""
    typer.echo(f"{found.entries} entries, all in order{against}. The newest is {found.head}.")
    if not kept:
        typer.echo("No head was given, so entries cut off at the end would not show: see --head and --heads.")


def _lines(heads: Path | None) -> list[str]:
    return heads.read_text(errors="replace").splitlines() if heads else []


def _heads(lines: list[str]) -> list[Head]:
    """The last word of each line: the file has the time before it."""
    try:
        return [Head.read(line.split()[-1]) for line in lines if line.strip()]
    except ValueError as wrong:
        fail(f"Not a head, which is written NUMBER:HASH: {wrong}", WRONG_HEAD)


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
    with database_explained("CQRS_OWNER_DATABASE_URL"), _owner_alone():
        sessions = make_sessions(make_engine(database), audit_key)
        with sessions.begin() as session:
            gone = audit.retire(session, at - timedelta(days=keep_days), at)
    typer.echo(f"{gone} entries older than {keep_days} days retired.")


@contextmanager
def _owner_alone() -> Iterator[None]:
    try:
        yield
    except ProgrammingError as refused:
        fail(f"Not the owner's address, so nothing was retired: {refused.orig}")
