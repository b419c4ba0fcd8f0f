"""What several groups of commands share: an option, a default, and how one fails."""

from typing import Annotated, NoReturn

import typer

FAILED = 1
DEFAULT_REALM = "cqrs"

OwnerDatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database", envvar="CQRS_OWNER_DATABASE_URL", help="postgresql+psycopg://..., as the tables' owner"
    ),
]
DatabaseUrl = Annotated[
    str, typer.Option("--database", envvar="CQRS_DATABASE_URL", help="postgresql+psycopg://...")
]
AuditKey = Annotated[
    str, typer.Option("--audit-key", envvar="CQRS_AUDIT_KEY", help="The key of the audit's chain")
]


def fail(message: str, code: int = FAILED) -> NoReturn:
    """Ends the command with this on the error output."""
    typer.echo(message, err=True)
    raise typer.Exit(code)
