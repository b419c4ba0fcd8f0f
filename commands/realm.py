"""`cqrs realm`: what differs on a running Keycloak from our realm file, and putting it right."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from commands.endings import keycloak_explained
from commands.misuse import MisuseApart
from commands.open_ways import wrong_with_keycloak
from commands.options import DEFAULT_REALM, fail
from directory.connection import AdminConnection
from directory.realm import MASTER, MASTER_FILES, REALM_FILES, Plan, RealmFileInvalid, common_passwords
from directory.realm import apply as put_right
from directory.realm import plan as compare

DIFFERENCES = 2
_ADMINISTRATOR = "CQRS_KEYCLOAK_ADMIN and its _PASSWORD are to be an administrator's of master."

app = typer.Typer(
    name="realm",
    cls=MisuseApart,
    no_args_is_help=True,
    help="Compare the realm on a running Keycloak with the realm file, and put it right. "
    "Only what the file names is looked at: anything else in the realm is left alone.",
)

Url = Annotated[
    str,
    typer.Option(
        envvar=["CQRS_KEYCLOAK_INTERNAL_URL", "CQRS_KEYCLOAK_URL"],
        help="Keycloak's base address as this machine reaches it, without /realms.",
    ),
]
User = Annotated[
    str, typer.Option(envvar="CQRS_KEYCLOAK_ADMIN", help="An administrator of Keycloak's realm master.")
]
Password = Annotated[
    str,
    typer.Option(
        envvar="CQRS_KEYCLOAK_ADMIN_PASSWORD",
        prompt="Password of Keycloak's administrator",
        hide_input=True,
        show_default=False,
        help="That administrator's password. Better in the environment than on the command line.",
    ),
]
Code = Annotated[
    str,
    typer.Option(
        envvar="CQRS_KEYCLOAK_ADMIN_CODE",
        show_default=False,
        help="What that administrator's authenticator app shows now, where there is one.",
    ),
]
Name = Annotated[
    str,
    typer.Option(
        "--realm",
        envvar="CQRS_REALM",
        help="The realm's name; master for that of Keycloak's own administrators.",
    ),
]
Files = Annotated[
    list[Path] | None,
    typer.Option("--file", help="Another realm file than ours; may be given more than once."),
]


@app.command()
def plan(
    url: Url,
    user: User,
    password: Password,
    code: Code = "",
    realm: Name = DEFAULT_REALM,
    file: Files = None,
) -> None:
    """Show what differs; change nothing.

    Ends with 0 when nothing differs, 2 when something does, and 1 when it could not be found out; with 64 for
    a wrong or missing option.
    """
    with _problems_explained():
        found = _compare(AdminConnection(url, user, password, code=code), realm, file)
    _show(found)
    raise typer.Exit(DIFFERENCES if found.differences else 0)


@app.command()
def apply(
    url: Url,
    user: User,
    password: Password,
    code: Code = "",
    realm: Name = DEFAULT_REALM,
    file: Files = None,
) -> None:
    """Make the realm as the file has it, creating it when there is none. A second run changes nothing."""
    with _problems_explained():
        found = _compare(AdminConnection(url, user, password, code=code), realm, file)
        _show(found)
        if found.differences:
            put_right(found)
            typer.echo("Put right.")


@app.command()
def passwords(file: Annotated[Path, typer.Argument(help="The file to write, anew if it is there.")]) -> None:
    """Write the list of common passwords that the realm's password policy refuses.

    Keycloak makes a filter of it, with kc.sh tools build-password-denylist FILE, and has to find that as
    data/password-blacklists/cqrs-common-passwords.bloom before the realm is applied.
    """
    typer.echo(f"{common_passwords.write(file)} passwords are in {file}.")


def _compare(admin: AdminConnection, realm: str, files: list[Path] | None) -> Plan:
    environment = {**os.environ, "CQRS_REALM": realm}
    if wrong := wrong_with_keycloak(admin.url, environment):
        fail(wrong)
    return compare(admin, files or (MASTER_FILES if realm == MASTER else REALM_FILES), environment)


def _show(found: Plan) -> None:
    if not found.differences:
        typer.echo("Nothing differs from the realm file.")
        return
    for difference in found.differences:
        typer.echo(str(difference))
    count = len(found.differences)
    typer.echo(f"{count} {'difference' if count == 1 else 'differences'} from the realm file.")


@contextmanager
def _problems_explained() -> Iterator[None]:
    try:
        with keycloak_explained(_ADMINISTRATOR):
            yield
    except RealmFileInvalid as error:
        fail(f"The realm file can't be used: {error}.")
