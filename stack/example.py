"""The example application's client in Keycloak: what an administrator clicks, as `docs/integrate.md` says."""

import json
from collections.abc import Mapping
from typing import Any

from directory.admin_session import AdminSession
from directory.connection import AdminConnection
from stack.settings import ROOT

FILE = ROOT / "examples" / "payments-client.json"
CLIENT = "cqrs-example"


def example_environment(environ: Mapping[str, str], credentials: Mapping[str, str]) -> dict[str, str]:
    """What the example reads; nothing of ours that it need not know."""
    return {
        "EXAMPLE_PORTAL": environ["CQRS_PORTAL_URL"],
        "EXAMPLE_KEYCLOAK": f"{environ['CQRS_KEYCLOAK_URL']}/realms/{environ['CQRS_REALM']}",
        "EXAMPLE_CLIENT": CLIENT,
        "EXAMPLE_SECRET": credentials["example_secret"],
        "EXAMPLE_KEY": credentials["example_key"],
    }


def register_example(environ: Mapping[str, str], url: str, secret: str) -> None:
    """Makes the client, or makes it anew: its address may be another this time. Raises DirectoryError."""
    name, password = environ["CQRS_KEYCLOAK_ADMIN"], environ["CQRS_KEYCLOAK_ADMIN_PASSWORD"]
    administrator = AdminConnection(environ["CQRS_KEYCLOAK_INTERNAL_URL"], name, password)
    session = AdminSession(administrator, environ["CQRS_REALM"])
    for client in session.get("clients", clientId=CLIENT):
        session.delete("clients", client["id"])
    session.post("clients", body=client_of(url, secret))


def client_of(url: str, secret: str) -> dict[str, Any]:
    """The client as its file has it, with exact addresses and no more than it asks for."""
    text = FILE.read_text().replace("${URL}", url).replace("${SECRET}", secret)
    client: dict[str, Any] = json.loads(text)
    return client
