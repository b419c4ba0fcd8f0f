"""`cqrs audit`: whether the record is whole."""

import typer

from commands.options import FAILED, DatabaseUrl
from portal.store.audit import verify as check
from portal.store.engine import make_engine, make_sessions

app = typer.Typer(no_args_is_help=True, help="The audit of the portal.")


@app.callback()
def audit() -> None:
    """The audit of the portal."""


@app.command()
def verify(database: DatabaseUrl) -> None:
    """Check that no entry was changed, removed or slipped in. Ends with 1 when one was."""
    with make_sessions(make_engine(database))() as session:
        found = check(session)
    if found.fault:
        typer.echo(f"Broken at entry {found.fault.seq}: {found.fault.problem}.", err=True)
        raise typer.Exit(FAILED)
    typer.echo(f"{found.entries} entries, all in order. The last one's hash is {found.last_hash}.")
