"""The stack's own secrets, made at its first start and kept in its state folder."""

import secrets
from pathlib import Path

from stack.json_files import keep, read_kept
from stack.problem import StackProblem

_NAMES = (
    "postgres_password",
    "keycloak_database_password",
    "portal_database_password",
    "keycloak_admin_password",
    "portal_client_secret",
    "reader_secret",
    "writer_secret",
    "sync_secret",
    "secret_key",
)


def make_credentials(path: Path, *, data_exists: bool) -> dict[str, str]:
    """The secrets of `path`, those that are missing made now: 32 characters each.

    Raises StackProblem when the file is gone and the database that it opens is not.
    """
    kept = read_kept(path)
    if kept is None and data_exists:
        raise StackProblem(
            f"{path} is missing or broken and the data can't be opened without it: "
            "put it back, or start anew with `make clean`."
        )
    made = {name: secrets.token_urlsafe(24) for name in _NAMES} | (kept or {})
    if made != kept:
        keep(path, made)
    return made
