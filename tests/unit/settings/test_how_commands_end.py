"""How commands end, for scripts: a wrong option is no answer, and a server that is away gets one line."""

import importlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands import command_line
from commands.endings import database_explained
from tests.support.commands import typed

NOBODY = "postgresql+psycopg://portal:hidden-from-all@127.0.0.1:9/portal"
NOWHERE = {"CQRS_DATABASE_URL": NOBODY, "CQRS_OWNER_DATABASE_URL": NOBODY}
SETTINGS = NOWHERE | {
    "CQRS_ENVIRONMENT": "development",
    "CQRS_PORTAL_URL": "http://localhost:9",
    "CQRS_KEYCLOAK_URL": "http://127.0.0.1:9",
    "CQRS_PORTAL_CLIENT_SECRET": "portal",
    "CQRS_READER_SECRET": "reader",
    "CQRS_SECRET_KEY": "k" * 32,
    "CQRS_AUDIT_KEY": "a" * 32,
    "CQRS_SMTP_HOST": "127.0.0.1",
    "CQRS_MAIL_FROM": "no-reply@cqrs.example",
    "CQRS_SERVICE_DESK_EMAIL": "desk@cqrs.example",
    "CQRS_SERVICE_DESK_PHONE": "0300 123 4567",
}


AWAY = {
    "audit verify": ("CQRS_DATABASE_URL", 3),
    "audit retire": ("CQRS_OWNER_DATABASE_URL", 1),
    "portal migrate": ("CQRS_OWNER_DATABASE_URL", 1),
    "portal reconcile": ("CQRS_DATABASE_URL", 1),
}


@pytest.mark.parametrize("command", AWAY)
def test_a_database_that_is_away_is_told_in_one_line(command: str) -> None:
    """An outage is no tampering, and says which address to look at."""
    variable, code = AWAY[command]
    done = typed(command, SETTINGS)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.count("\n") == 1
    assert "Connection refused" in done.stderr
    assert f"is {variable} its address?" in done.stderr
    assert "hidden-from-all" not in done.stderr


@pytest.mark.parametrize("command", ["audit verify", "audit retire", "portal migrate"])
@pytest.mark.parametrize("address", ["elsewhere", "postgresql://portal@127.0.0.1:9/portal"])
def test_what_is_no_address_of_ours_is_told_in_one_line(command: str, address: str) -> None:
    """Among them the one that another library would be needed for."""
    variable, code = AWAY[command]
    told = SETTINGS | dict.fromkeys(NOWHERE, address)
    done = CliRunner().invoke(command_line(), command.split(), env=told)
    assert (done.exit_code, done.stdout) == (code, ""), done.output
    assert done.stderr.count("\n") == 1
    assert variable in done.stderr


WRONG_OPTIONS = (
    "realm plan",
    "realm plan --nonsense",
    "realm --nonsense plan",
    "realm nonsense",
    "realm apply",
    "relm plan",
    "--nonsense realm plan",
)


@pytest.mark.parametrize("command", WRONG_OPTIONS)
def test_a_wrong_option_is_not_what_somebody_changed_by_hand(command: str) -> None:
    """A nightly `cqrs realm plan` ends with 2 when the realm differs, and a missing option is no answer."""
    done = CliRunner().invoke(command_line(), command.split(), env=dict.fromkeys(SETTINGS, ""))
    assert done.exit_code == 64, done.output
    assert "Usage:" in done.output


@pytest.mark.parametrize("command", ["sync plan --nonsense", "audit verify --nonsense", "portal nonsense"])
def test_elsewhere_a_wrong_option_is_2(command: str) -> None:
    """As ever, and as docs/sync.md says."""
    assert CliRunner().invoke(command_line(), command.split()).exit_code == 2


def test_a_library_that_is_missing_is_no_wrong_address() -> None:
    """It keeps its traceback; only another database's driver is asked for by an address."""
    with pytest.raises(ModuleNotFoundError), database_explained("CQRS_DATABASE_URL"):
        importlib.import_module("alembic.no_such_part")


def test_a_file_of_heads_that_is_none_is_a_wrong_option(tmp_path: Path) -> None:
    """Whatever bytes are in it."""
    heads = tmp_path / "heads"
    heads.write_bytes(b"\xff\xfe")
    done = typed(f"audit verify --heads {heads}", SETTINGS)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
