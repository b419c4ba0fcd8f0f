"""`python -m stack.compose.secrets FOLDER [--https]`: makes the containers' secrets at the first start.

FOLDER holds a folder for each container: a volume that it alone mounts. What is in it belongs to the user
that the container runs as, and nobody else can read it. `all` keeps everything from one start to the next.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack import StackProblem
from stack.compose.certificate import make_certificate
from stack.environment import NOT_FOR_THE_PORTAL, NOT_FOR_THE_WORKER, make_credentials

_OURS, _KEYCLOAK, _POSTGRES, _PROXY = 10001, 1000, 999, 101
"""The users that the images run as."""
_OF_THE_SERVICE = {
    "CQRS_PORTAL_CLIENT_SECRET": "portal_client_secret",
    "CQRS_READER_SECRET": "reader_secret",
    "CQRS_WRITER_SECRET": "writer_secret",
    "CQRS_SYNC_SECRET": "sync_secret",
    "CQRS_SECRET_KEY": "secret_key",
    "CQRS_AUDIT_KEY": "audit_key",
    "CQRS_KEYCLOAK_ADMIN_PASSWORD": "keycloak_admin_password",
}
_OF_KEYCLOAK = {
    "CQRS_PORTAL_CLIENT_SECRET": "portal_client_secret",
    "CQRS_READER_SECRET": "reader_secret",
    "CQRS_WRITER_SECRET": "writer_secret",
    "CQRS_SYNC_SECRET": "sync_secret",
    "KC_BOOTSTRAP_ADMIN_PASSWORD": "keycloak_admin_password",
    "KC_DB_PASSWORD": "keycloak_database_password",
}
"""Its own, and those that the realm file names: it checks them."""
_OF_POSTGRES = {
    "KC_DB_PASSWORD": "keycloak_database_password",
    "PORTAL_OWNER_DB_PASSWORD": "portal_owner_password",
    "PORTAL_DB_PASSWORD": "portal_database_password",
}
_PROXY_FILE = Path(__file__).with_name("nginx.conf")
_DATABASES = Path(__file__).with_name("databases.sh")


@dataclass(frozen=True)
class Holder:
    """A container's folder, and the user that may read what is in it."""

    folder: Path
    user: int

    def put(self, name: str, text: str, mode: int = 0o400) -> None:
        """Writes the file anew. Only root can give it to somebody else, and in its container it is."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)
        path.chmod(mode)
        if os.geteuid() == 0:
            shutil.chown(path, self.user, self.user)


def write_secrets(root: Path) -> None:
    """Each container gets its `environment`, for a shell; the database also its administrator's password.

    Raises StackProblem when secrets that were made are lost.
    """
    all_of_them = root / "all"
    made = make_credentials(all_of_them / "secrets.json", data_exists=(root / "setup/environment").exists())
    service = {name: made[source] for name, source in _OF_THE_SERVICE.items()} | {
        "CQRS_DATABASE_URL": _database("portal", made["portal_database_password"]),
        "CQRS_OWNER_DATABASE_URL": _database("portal_owner", made["portal_owner_password"]),
    }
    Holder(root / "setup", _OURS).put("environment", _for_a_shell(service))
    for name, withheld in (("portal", NOT_FOR_THE_PORTAL), ("worker", NOT_FOR_THE_WORKER)):
        needed = {variable: value for variable, value in service.items() if variable not in withheld}
        Holder(root / name, _OURS).put("environment", _for_a_shell(needed))
    keycloak = {name: made[source] for name, source in _OF_KEYCLOAK.items()}
    Holder(root / "keycloak", _KEYCLOAK).put("environment", _for_a_shell(keycloak))
    _for_postgres(root, made)


def _for_postgres(root: Path, made: Mapping[str, str]) -> None:
    """Its image runs what is in its second folder once, on a new cluster."""
    passwords = {name: made[source] for name, source in _OF_POSTGRES.items()}
    Holder(root / "postgres", _POSTGRES).put("environment", _for_a_shell(passwords))
    Holder(root / "postgres", _POSTGRES).put("postgres-password", made["postgres_password"])
    Holder(root / "postgres-init", _POSTGRES).put("databases.sh", _DATABASES.read_text(), mode=0o500)


def write_for_the_proxy(folder: Path) -> None:
    """Its configuration, and a certificate unless one is there."""
    proxy = Holder(folder, _PROXY)
    proxy.put("nginx.conf", _PROXY_FILE.read_text())
    if not (folder / "certificate.pem").exists():
        certificate, key = make_certificate()
        proxy.put("key.pem", key)
        proxy.put("certificate.pem", certificate)


def _database(role: str, password: str) -> str:
    return f"postgresql+psycopg://{role}:{password}@postgres:5432/portal"


def _for_a_shell(values: Mapping[str, str]) -> str:
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


if __name__ == "__main__":
    try:
        made_in, *words = sys.argv[1:]
        write_secrets(Path(made_in))
        if "--https" in words:
            write_for_the_proxy(Path(made_in) / "proxy")
    except StackProblem as problem:
        sys.exit(f"{problem} In containers, anew is: docker compose down --volumes.")
