"""The CQRS_ variables of the local stack: its secrets, what programs get, where commands find them."""

import os
import secrets
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from stack import StackProblem
from stack.disk import read_json, write_json
from stack.settings import state_folder

KEYCLOAK_ADMINISTRATOR = "admin"
_SECRETS = (
    "postgres_password",
    "keycloak_database_password",
    "portal_owner_password",
    "portal_database_password",
    "keycloak_admin_password",
    "portal_client_secret",
    "reader_secret",
    "writer_secret",
    "sync_secret",
    "secret_key",
    "audit_key",
    "example_secret",
    "example_key",
)
# Only whoever sets the realm up, or loads organisations, needs these.
ADMINISTRATORS = frozenset(
    {
        "CQRS_SYNC_SECRET",
        "CQRS_KEYCLOAK_ADMIN",
        "CQRS_KEYCLOAK_ADMIN_PASSWORD",
        "CQRS_OWNER_DATABASE_URL",
    }
)
# Nobody signs in at the worker. It writes links of invitations, so it makes their secrets as the pages do.
NOT_FOR_THE_WORKER = ADMINISTRATORS | {"CQRS_PORTAL_CLIENT_SECRET"}
# The web processes can't write to Keycloak, and send no mail: the worker does.
NOT_FOR_THE_PORTAL = ADMINISTRATORS | {"CQRS_WRITER_SECRET", "CQRS_SMTP_PASSWORD"}
# Where any of these is set, somebody means another service: half of ours must not be mixed into it.
_NAME_A_SERVICE = (
    "CQRS_KEYCLOAK_URL",
    "CQRS_KEYCLOAK_INTERNAL_URL",
    "CQRS_DATABASE_URL",
    "CQRS_OWNER_DATABASE_URL",
    "CQRS_PORTAL_URL",
    "CQRS_REALM",
)
_OPTIONS_THAT_NAME_A_SERVICE = ("--url", "--database")
_THIS_MACHINE = ("localhost", "127.0.0.1")


def make_credentials(path: Path, *, data_exists: bool) -> dict[str, str]:
    """The secrets in the file at `path`, those that are missing made now: 32 characters each.

    Raises StackProblem when the file is gone and the database that it opens is not.
    """
    earlier = read_json(path)
    if earlier is None and data_exists:
        raise StackProblem(
            f"{path} is missing or broken and the data can't be opened without it: "
            "put it back, or start anew with `make clean`."
        )
    made = {name: secrets.token_urlsafe(24) for name in _SECRETS} | (earlier or {})
    if made != earlier:
        write_json(path, made)
    return made


def service_environment(
    ports: Mapping[str, int], credentials: Mapping[str, str], database_url: str, owner_url: str
) -> dict[str, str]:
    """Every CQRS_ variable of the portal, its worker, the realm and the sync, for development."""
    portal, keycloak = (f"http://localhost:{ports[name]}" for name in ("portal", "keycloak"))
    return {
        "CQRS_ENVIRONMENT": "development",
        "CQRS_PORTAL_URL": portal,
        "CQRS_PORTAL_INTERNAL_URL": portal,
        "CQRS_KEYCLOAK_URL": keycloak,
        "CQRS_KEYCLOAK_INTERNAL_URL": keycloak,
        "CQRS_REALM": "cqrs",
        "CQRS_PORTAL_CLIENT_SECRET": credentials["portal_client_secret"],
        "CQRS_READER_SECRET": credentials["reader_secret"],
        "CQRS_WRITER_SECRET": credentials["writer_secret"],
        "CQRS_SYNC_SECRET": credentials["sync_secret"],
        "CQRS_SECRET_KEY": credentials["secret_key"],
        "CQRS_AUDIT_KEY": credentials["audit_key"],
        "CQRS_DATABASE_URL": database_url,
        "CQRS_OWNER_DATABASE_URL": owner_url,
        "CQRS_SMTP_HOST": "127.0.0.1",
        "CQRS_SMTP_PORT": str(ports["smtp"]),
        "CQRS_MAIL_FROM": "no-reply@cqrs.example",
        "CQRS_SERVICE_DESK_EMAIL": "service.desk@cqrs.example",
        "CQRS_SERVICE_DESK_PHONE": "0300 000 0000",
        "CQRS_METRICS_PORT": str(ports["metrics"]),
        "CQRS_WEB_METRICS_PORT": str(ports["web_metrics"]),
        "CQRS_SECOND_FACTOR": os.environ.get("CQRS_SECOND_FACTOR") or "offered",
        "CQRS_KEYCLOAK_ADMIN": KEYCLOAK_ADMINISTRATOR,
        "CQRS_KEYCLOAK_ADMIN_PASSWORD": credentials["keycloak_admin_password"],
    }


def running_environment(environ: Mapping[str, str] = os.environ, words: Sequence[str] = ()) -> dict[str, str]:
    """`environ`, completed with what the running stack wrote in its run.json.

    As it is when no stack runs that we may read, or when `environ` or the command's `words` say which service
    is meant.
    """
    if _names_a_service(environ, words):
        return dict(environ)
    facts = _read_if_ours(state_folder(environ) / "run.json")
    if not facts:
        return dict(environ)
    completed: dict[str, str] = facts["environment"] | dict(environ)
    use_no_proxy_for_this_machine(completed)
    return completed


def _read_if_ours(path: Path) -> Any:
    """Another user's stack is not for our commands, and its file not for our eyes."""
    try:
        return read_json(path)
    except OSError:
        return None


def _names_a_service(environ: Mapping[str, str], words: Sequence[str]) -> bool:
    options = {word.partition("=")[0] for word in words}
    return any(environ.get(name) for name in _NAME_A_SERVICE) or not options.isdisjoint(
        _OPTIONS_THAT_NAME_A_SERVICE
    )


def use_no_proxy_for_this_machine(environ: MutableMapping[str, str] = os.environ) -> None:
    """Adds this machine to NO_PROXY, in both spellings: libraries differ in which one they read."""
    for name in ("NO_PROXY", "no_proxy"):
        named = [each for each in environ.get(name, "").split(",") if each.strip()]
        environ[name] = ",".join(dict.fromkeys((*named, *_THIS_MACHINE)))
