"""What the environment tells `cqrs sync`: whom it is in Keycloak, and where the ODS service is."""

import os
from collections.abc import Mapping
from pathlib import Path

import typer

from commands.open_ways import wrong_with_keycloak, wrong_with_service
from commands.options import DEFAULT_REALM
from commands.sync_output import MISUSED, err
from directory.connection import AdminConnection, Connection
from directory.sync_runs import RunLog
from directory.tree import Tree
from stack.settings import cache_folder
from sync.answers import Service


def service_account(environment: Mapping[str, str]) -> Connection:
    """As the account cqrs-sync. Ends the command when a setting is missing, or unsafe in production."""
    url, secret = _keycloak_url(environment), environment.get("CQRS_SYNC_SECRET")
    if not url or not secret:
        err.print("Set CQRS_KEYCLOAK_URL and CQRS_SYNC_SECRET, the secret of the service account cqrs-sync;")
        err.print("or start the local stack with `make run`, whose settings are then taken.")
        raise typer.Exit(MISUSED)
    _refuse(wrong_with_keycloak(url, environment))
    return Connection(url, environment.get("CQRS_REALM", DEFAULT_REALM), "cqrs-sync", secret)


def tree_of(environment: Mapping[str, str]) -> Tree:
    return Tree(service_account(environment), administrator(environment))


def run_log(environment: Mapping[str, str]) -> RunLog:
    return RunLog(service_account(environment))


def administrator(environment: Mapping[str, str]) -> AdminConnection | None:
    """An administrator's own sign-in, where somebody lent it."""
    name = environment.get("CQRS_KEYCLOAK_ADMIN")
    password = environment.get("CQRS_KEYCLOAK_ADMIN_PASSWORD")
    return AdminConnection(_keycloak_url(environment), name, password) if name and password else None


def ods_service(environment: Mapping[str, str]) -> Service:
    """Ends the command when a setting is missing, or unsafe in production."""
    url, key = environment.get("CQRS_ODS_URL"), environment.get("CQRS_ODS_KEY")
    if not url or not key:
        err.print("Set CQRS_ODS_URL, the address of the ODS service up to /fhir, and CQRS_ODS_KEY, its key.")
        raise typer.Exit(MISUSED)
    _refuse(wrong_with_service(url, environment))
    return Service(url, key)


def pages_folder(environment: Mapping[str, str]) -> Path | None:
    """Where pages of the ODS service are kept until all have come: as told, or in the user's cache.

    None where the user has none, as in the image of the service.
    """
    if named := environment.get("CQRS_ODS_KEPT"):
        return Path(named)
    try:
        folder = cache_folder(environment) / "ods"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home, or none that can be written
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def _refuse(wrong: str) -> None:
    if wrong:
        err.print(wrong, markup=False)
        raise typer.Exit(MISUSED)


def _keycloak_url(environment: Mapping[str, str]) -> str:
    """Keycloak as this machine reaches it; empty when nothing names it."""
    return environment.get("CQRS_KEYCLOAK_INTERNAL_URL") or environment.get("CQRS_KEYCLOAK_URL", "")
