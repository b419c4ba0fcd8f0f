"""In production no command sends a secret where others can read it, as neither portal nor worker does."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands import command_line
from tests.support.builders import ods

ELSEWHERE = "http://127.0.0.2:9"
"""Another machine as far as anybody is told, where nobody listens."""
DATABASE = "postgresql+psycopg://portal:x@127.0.0.2:9/portal"
KEYCLOAK = {"CQRS_KEYCLOAK_INTERNAL_URL": ELSEWHERE, "CQRS_SYNC_SECRET": "x", "CQRS_KEYCLOAK_ADMIN": "a"}
ODS = {"CQRS_ODS_URL": f"{ELSEWHERE}/fhir", "CQRS_ODS_KEY": "x"}
TOLD = dict.fromkeys(("CQRS_ENVIRONMENT", "CQRS_UNENCRYPTED_INSIDE"), "") | KEYCLOAK | {
    "CQRS_KEYCLOAK_URL": "",
    "CQRS_KEYCLOAK_ADMIN_PASSWORD": "x",
    "CQRS_DATABASE_URL": DATABASE,
    "CQRS_OWNER_DATABASE_URL": DATABASE,
    "CQRS_AUDIT_KEY": "x",
}  # fmt: skip
COMMANDS = {
    "sync plan {file}": ("CQRS_KEYCLOAK_URL must begin with https://", 2),
    "sync apply {file}": ("CQRS_KEYCLOAK_URL must begin with https://", 2),
    "realm plan": ("CQRS_KEYCLOAK_URL must begin with https://", 1),
    "realm apply": ("CQRS_KEYCLOAK_URL must begin with https://", 1),
    "audit verify": ("CQRS_DATABASE_URL must have sslmode=verify-full", 3),
    "audit retire": ("CQRS_OWNER_DATABASE_URL must have sslmode=verify-full", 1),
    "portal migrate": ("CQRS_OWNER_DATABASE_URL must have sslmode=verify-full", 1),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_others_could_read_is_refused(command: str, tmp_path: Path) -> None:
    """Before anything is sent, with the variable that says where; no value is shown."""
    said, code = COMMANDS[command]
    file = ods.write(tmp_path / "a.csv", [ods.practice("ZA0001")])
    done = CliRunner().invoke(command_line(), command.format(file=file).split(), env=TOLD)
    assert done.exit_code == code, done.output
    assert said in " ".join(done.output.split())
    assert "127.0.0.2" not in done.output


@pytest.mark.parametrize(
    "told", [{"CQRS_ENVIRONMENT": "development"}, {"CQRS_UNENCRYPTED_INSIDE": "true"}], ids=str
)
@pytest.mark.parametrize("command", ["realm plan", "realm apply"])
def test_where_nobody_else_is_it_goes_on(command: str, told: dict[str, str]) -> None:
    done = CliRunner().invoke(
        command_line(), command.split(), env=TOLD | told | {"CQRS_SERVICE_DESK_EMAIL": "a@b.example"}
    )
    assert "must begin with https://" not in done.output


def test_the_ods_services_key_goes_out_encrypted() -> None:
    """It is outside, whatever is said of the network inside."""
    inside = {"CQRS_UNENCRYPTED_INSIDE": "true"}
    done = CliRunner().invoke(command_line(), ["sync", "plan", "--service"], env=TOLD | ODS | inside)
    assert done.exit_code == 2
    assert "CQRS_ODS_URL must begin with https:// in production." in " ".join(done.output.split())
