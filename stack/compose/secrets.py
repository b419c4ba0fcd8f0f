"""`python -m stack.compose.secrets FOLDER`: makes the secrets at the first start, for all containers to read.

Each container that mounts the folder runs as another user, so the file is readable by all of them: who may
mount the folder is what protects it.
"""

import shlex
import sys
from pathlib import Path

from stack.environment import make_credentials

_VARIABLES = {
    "CQRS_PORTAL_CLIENT_SECRET": "portal_client_secret",
    "CQRS_READER_SECRET": "reader_secret",
    "CQRS_WRITER_SECRET": "writer_secret",
    "CQRS_SYNC_SECRET": "sync_secret",
    "CQRS_SECRET_KEY": "secret_key",
    "CQRS_KEYCLOAK_ADMIN_PASSWORD": "keycloak_admin_password",
    "KC_BOOTSTRAP_ADMIN_PASSWORD": "keycloak_admin_password",
    "KC_DB_PASSWORD": "keycloak_database_password",
    "PORTAL_DB_PASSWORD": "portal_database_password",
}


def write_secrets(folder: Path) -> None:
    """Writes `environment` for a shell to read, and the database administrator's password on its own."""
    made = make_credentials(folder / "secrets.json", data_exists=(folder / "environment").exists())
    values = {name: made[source] for name, source in _VARIABLES.items()}
    values["CQRS_DATABASE_URL"] = (
        f"postgresql+psycopg://portal:{made['portal_database_password']}@postgres:5432/portal"
    )
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
    _write(folder / "environment", "".join(lines))
    _write(folder / "postgres-password", made["postgres_password"])


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o444)


if __name__ == "__main__":
    write_secrets(Path(sys.argv[1]))
