"""`python -m stack.compose.secrets ALL PORTAL WORKER`: makes the containers' secrets at the first start.

Each argument is a folder: ALL gets everything, the other two what their program needs. Each container that
mounts one runs as another user, so the files are readable by all of them: who may mount a folder is what
protects it.
"""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from stack.environment import NOT_FOR_THE_PORTAL, NOT_FOR_THE_WORKER, make_credentials

_OF_THE_SERVICE = {
    "CQRS_PORTAL_CLIENT_SECRET": "portal_client_secret",
    "CQRS_READER_SECRET": "reader_secret",
    "CQRS_WRITER_SECRET": "writer_secret",
    "CQRS_SYNC_SECRET": "sync_secret",
    "CQRS_SECRET_KEY": "secret_key",
    "CQRS_AUDIT_KEY": "audit_key",
    "CQRS_KEYCLOAK_ADMIN_PASSWORD": "keycloak_admin_password",
}
_OF_THE_SERVERS = {
    "KC_BOOTSTRAP_ADMIN_PASSWORD": "keycloak_admin_password",
    "KC_DB_PASSWORD": "keycloak_database_password",
    "PORTAL_OWNER_DB_PASSWORD": "portal_owner_password",
    "PORTAL_DB_PASSWORD": "portal_database_password",
}


def write_secrets(everything: Path, portal: Path, worker: Path) -> None:
    """Writes `environment` in each folder, for a shell; the first also gets the database administrator's."""
    made = make_credentials(everything / "secrets.json", data_exists=(everything / "environment").exists())
    service = {name: made[source] for name, source in _OF_THE_SERVICE.items()} | {
        "CQRS_DATABASE_URL": _database("portal", made["portal_database_password"]),
        "CQRS_OWNER_DATABASE_URL": _database("portal_owner", made["portal_owner_password"]),
    }
    servers = {name: made[source] for name, source in _OF_THE_SERVERS.items()}
    _write(everything / "environment", _for_a_shell(service | servers))
    _write(everything / "postgres-password", made["postgres_password"])
    for folder, without in ((portal, NOT_FOR_THE_PORTAL), (worker, NOT_FOR_THE_WORKER)):
        needed = {name: value for name, value in service.items() if name not in without}
        _write(folder / "environment", _for_a_shell(needed))


def _database(role: str, password: str) -> str:
    return f"postgresql+psycopg://{role}:{password}@postgres:5432/portal"


def _for_a_shell(values: Mapping[str, str]) -> str:
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o444)


if __name__ == "__main__":
    write_secrets(*map(Path, sys.argv[1:]))
