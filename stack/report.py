"""What a started stack says of itself: the table for people, run.json for programs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from stack.servers import Servers


def facts(
    servers: Servers, portal: str, environ: Mapping[str, str], people: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What goes in run.json. It holds passwords, for development only: the file is its owner's alone."""
    return {
        "portal": portal,
        "keycloak": servers.keycloak_url,
        "keycloak_console": f"{servers.keycloak_url}/admin/",
        "administrator": {"username": servers.admin, "password": servers.admin_password},
        "mail": servers.mail_url,
        "mail_list": f"{servers.mail_url}/messages.json",
        "people": [dict(person) for person in people],
        "database_url": environ["CQRS_DATABASE_URL"],
        "pids": servers.register.pids,
        "phases": servers.teller.phases,
        "ready_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "environment": dict(environ),
    }


def table(run: Mapping[str, Any]) -> Table:
    """Addresses first, then who can sign in and what each may do."""
    shown = Table(title="CQRS accounts, on this machine", title_justify="left", show_lines=False)
    for heading in ("What", "Where or who", "Password"):
        shown.add_column(heading, no_wrap=True, overflow="fold")
    shown.add_column("What for", overflow="fold")
    console = run["administrator"]
    shown.add_row("Portal", run["portal"], "", "register, sign in, approve")
    shown.add_row("Mail", run["mail"], "", "every mail that was sent")
    shown.add_row("Keycloak console", run["keycloak_console"], "", "people, roles, organisations")
    shown.add_row("", console["username"], console["password"], "Keycloak's administrator", end_section=True)
    for person in run["people"]:
        shown.add_row(person["name"], person["email"], person["password"], person["may"])
    return shown
