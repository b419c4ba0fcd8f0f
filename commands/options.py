"""What several groups of commands share: an option, a default, and the exit code of what failed."""

from typing import Annotated

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
