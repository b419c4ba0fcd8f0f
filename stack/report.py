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
    """Addresses first, then who can sign in and what each may do; what gets copied is never broken in two."""
    shown = Table(title="CQRS accounts, on this machine", title_justify="left", show_lines=True)
    shown.add_column("Open, or sign in with", no_wrap=True)
    shown.add_column("What for", overflow="fold")
    console = run["administrator"]
    shown.add_row(run["portal"], "The portal: register, sign in, approve.")
    shown.add_row(run["mail"], "Mail: every message that was sent, none of which left this machine.")
    shown.add_row(
        f"{run['keycloak_console']}\n{console['username']}\n{console['password']}",
        "Keycloak's console, and its administrator.",
    )
    for person in run["people"]:
        shown.add_row(f"{person['email']}\n{person['password']}", f"{person['name']}: {person['may']}")
    return shown
