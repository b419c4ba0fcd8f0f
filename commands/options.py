"""What several groups of commands share: an option, a default, and the exit code of what failed."""

from typing import Annotated

import typer

FAILED = 1
DEFAULT_REALM = "cqrs"

DatabaseUrl = Annotated[
    str, typer.Option("--database", envvar="CQRS_DATABASE_URL", help="postgresql+psycopg://...")
]
