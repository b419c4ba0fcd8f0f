"""Commands beside the running stack find it, and never mix it with another service."""

from pathlib import Path

from stack.disk import write_json
from stack.environment import running_environment, use_no_proxy_for_this_machine

OURS = {"CQRS_KEYCLOAK_URL": "http://localhost:8080", "CQRS_SYNC_SECRET": "ours"}


def test_the_running_stack_completes_what_is_not_said(tmp_path: Path) -> None:
    """`cqrs realm plan` on a running server, with nothing to type."""
    write_json(tmp_path / "run.json", {"environment": OURS})
    found = running_environment({"CQRS_STATE": str(tmp_path), "CQRS_SYNC_SECRET": "mine"})
    assert found["CQRS_KEYCLOAK_URL"] == OURS["CQRS_KEYCLOAK_URL"]
    assert found["CQRS_SYNC_SECRET"] == "mine"


def test_another_service_gets_none_of_ours(tmp_path: Path) -> None:
    """Secrets stay where they belong."""
    write_json(tmp_path / "run.json", {"environment": OURS})
    meant = {"CQRS_STATE": str(tmp_path), "CQRS_KEYCLOAK_URL": "https://accounts.example"}
    assert running_environment(meant) == meant


def test_no_running_stack_adds_nothing(tmp_path: Path) -> None:
    """The commands work without the stack too."""
    assert running_environment({"CQRS_STATE": str(tmp_path)}) == {"CQRS_STATE": str(tmp_path)}


def test_a_proxy_of_the_environment_is_not_for_this_machine() -> None:
    """No network with everything cached (must start), behind a proxy that is gone too."""
    environ = {"https_proxy": "http://proxy.example:3128", "no_proxy": "intranet.example"}
    use_no_proxy_for_this_machine(environ)
    assert environ["no_proxy"] == "intranet.example,localhost,127.0.0.1"
    assert environ["NO_PROXY"] == "localhost,127.0.0.1"
    once = dict(environ)
    use_no_proxy_for_this_machine(environ)
    assert environ == once
