"""Commands beside the running stack find it, and never mix it with another service."""

from pathlib import Path

import pytest

from stack.disk import write_json
from stack.environment import running_environment, use_no_proxy_for_this_machine
from tests.browser.running import Run
from tests.stack.running_stack import cqrs

OURS = {"CQRS_KEYCLOAK_URL": "http://localhost:8080", "CQRS_SYNC_SECRET": "ours"}
DATABASE = "postgresql+psycopg://portal_owner:x@127.0.0.2:9/portal"


def test_the_running_stack_completes_what_is_not_said(tmp_path: Path) -> None:
    """`cqrs realm plan` on a running server, with nothing to type."""
    write_json(tmp_path / "run.json", {"environment": OURS})
    found = running_environment({"CQRS_STATE": str(tmp_path), "CQRS_SYNC_SECRET": "mine"})
    assert found["CQRS_KEYCLOAK_URL"] == OURS["CQRS_KEYCLOAK_URL"]
    assert found["CQRS_SYNC_SECRET"] == "mine"


@pytest.mark.parametrize(
    "named",
    [{"CQRS_KEYCLOAK_URL": "https://accounts.example"}, {"CQRS_OWNER_DATABASE_URL": DATABASE}],
    ids=", ".join,
)
def test_another_service_gets_none_of_ours(tmp_path: Path, named: dict[str, str]) -> None:
    """Secrets stay where they belong."""
    write_json(tmp_path / "run.json", {"environment": OURS})
    meant = {"CQRS_STATE": str(tmp_path)} | named
    assert running_environment(meant) == meant


@pytest.mark.parametrize(
    "words", [("--url", "https://accounts.example"), ("--url=https://accounts.example",), ("--database=x",)]
)
def test_nor_does_one_that_the_command_line_names(tmp_path: Path, words: tuple[str, ...]) -> None:
    """As for `cqrs realm plan --url ...`, to which the stack's administrator's password would go."""
    write_json(tmp_path / "run.json", {"environment": OURS})
    told = {"CQRS_STATE": str(tmp_path)}
    assert running_environment(told, ("realm", "plan", *words)) == told
    assert running_environment(told, ("realm", "plan", "--realm", "master")) != told


ELSEWHERE = {
    "realm plan --url http://127.0.0.2:9 --user ann --password x": "must begin with https://",
    "realm apply --url=http://127.0.0.2:9 --user ann --password x": "must begin with https://",
    "realm plan --url https://127.0.0.2:9 --password x": "Missing option '--user'",
    f"audit retire --database {DATABASE}": "Missing option '--audit-key'",
    f"audit verify --database={DATABASE}": "Missing option '--audit-key'",
    f"portal migrate --database {DATABASE} --audit-key x": "must have sslmode=verify-full",
}
"""What is typed beside a running stack about another service, and what is said to it."""


@pytest.mark.parametrize("typed", ELSEWHERE)
def test_a_service_named_on_the_command_line_gets_none_of_ours(tmp_path: Path, typed: str) -> None:
    """Neither a secret of the stack's in the record or the realm, nor the licence of a development."""
    ours = OURS | {
        "CQRS_ENVIRONMENT": "development",
        "CQRS_KEYCLOAK_ADMIN": "admin",
        "CQRS_KEYCLOAK_ADMIN_PASSWORD": "ours",
        "CQRS_AUDIT_KEY": "ours",
    }
    write_json(tmp_path / "run.json", {"environment": ours})
    done = cqrs(Run(tmp_path, {}), *typed.split())
    assert done.returncode != 0
    assert ELSEWHERE[typed] in " ".join((done.stdout + done.stderr).split())


def test_no_running_stack_adds_nothing(tmp_path: Path) -> None:
    """The commands work without the stack too."""
    assert running_environment({"CQRS_STATE": str(tmp_path)}) == {"CQRS_STATE": str(tmp_path)}


def test_a_stack_that_is_not_ours_to_read_adds_nothing(tmp_path: Path) -> None:
    """Such as one that another user runs, or a state folder that is none: the command says what it lacks."""
    (tmp_path / "run.json").mkdir()
    for told in ({"CQRS_STATE": str(tmp_path)}, {"CQRS_STATE": __file__}):
        assert running_environment(told) == told


def test_a_proxy_of_the_environment_is_not_for_this_machine() -> None:
    """No network with everything cached (must start), behind a proxy that is gone too."""
    environ = {"https_proxy": "http://proxy.example:3128", "no_proxy": "intranet.example"}
    use_no_proxy_for_this_machine(environ)
    assert environ["no_proxy"] == "intranet.example,localhost,127.0.0.1"
    assert environ["NO_PROXY"] == "localhost,127.0.0.1"
    once = dict(environ)
    use_no_proxy_for_this_machine(environ)
    assert environ == once
