"""`cqrs realm`: what it says and how it ends."""

import pytest
from typer.testing import CliRunner, Result

from commands.realm import app
from tests.support.realm.console import Console
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


def _run(realm: TestRealm, *words: str, **changed: str) -> Result:
    return CliRunner().invoke(app, list(words), env={**realm.environment, **changed})


def test_plan_ends_with_0_when_nothing_differs(realm: TestRealm) -> None:
    done = _run(realm, "plan")
    assert (done.exit_code, done.output) == (0, "Nothing differs from the realm file.\n")


def test_plan_ends_with_2_and_apply_puts_right(realm: TestRealm, console: Console) -> None:
    console.change_realm(rememberMe=True)
    told = "realm setting rememberMe: True -> False\n1 difference from the realm file.\n"
    for _ in range(2):
        done = _run(realm, "plan")
        assert (done.exit_code, done.output) == (2, told)
    done = _run(realm, "apply")
    assert (done.exit_code, done.output) == (0, told + "Put right.\n")
    done = _run(realm, "apply")
    assert (done.exit_code, done.output) == (0, "Nothing differs from the realm file.\n")


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"CQRS_KEYCLOAK_ADMIN_PASSWORD": "wrong"}, "CQRS_KEYCLOAK_ADMIN"),
        (
            {"CQRS_KEYCLOAK_INTERNAL_URL": "http://127.0.0.1:9"},
            "Keycloak does not answer at http://127.0.0.1:9",
        ),
        ({"CQRS_MAIL_FROM": ""}, "set these in the environment first: CQRS_MAIL_FROM"),
    ],
)
def test_says_what_to_do_when_it_can_not(
    realm: TestRealm, command: str, changed: dict[str, str], said: str
) -> None:
    done = _run(realm, command, **changed)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


def test_says_that_a_file_is_not_there(realm: TestRealm) -> None:
    done = _run(realm, "plan", "--file", "nowhere.json")
    assert done.exit_code == 1
    assert "can't read nowhere.json: No such file" in done.output
