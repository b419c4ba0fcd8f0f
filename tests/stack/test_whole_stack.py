"""`cqrs run` as a newcomer has it, from its first start to `cqrs clean`."""

import re
import signal
import stat
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest
import requests

from directory.admin_session import AdminSession
from directory.connection import AdminConnection
from stack.console import Console
from stack.postgres import Postgres, database_data
from stack.servers import Servers
from tests.browser.running import Run
from tests.stack.conftest import LONGEST_WAIT
from tests.stack.running_stack import (
    cqrs,
    database,
    family,
    keycloak_is_healthy,
    query,
    secrets_held,
    secrets_of,
    send_mail,
)
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.realm.authenticator import Authenticator
from tests.support.servers.sources import free_port
from tests.support.waiting import wait_until

pytestmark = pytest.mark.keycloak
LASTING = "Compilers were thought impossible"


NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "CQRS_MAVEN_MIRROR"), "http://127.0.0.1:9") | {
    "npm_config_registry": "http://127.0.0.1:9",
    "PATH": "/usr/bin:/bin",
}
LONGEST_START = 240.0
"""Seconds until a server that died must be well again, on a busy machine too."""
A_COMMAND = 30
"""Seconds that one takes at most until it signs in, there."""


def test_the_first_start_ends_with_ready_and_writes_what_it_is(run: Run) -> None:
    """`ready` with the portal's address as its last line; run.json is its owner's alone."""
    assert run.lines[-1] == f"ready {run.facts['portal']}"
    assert stat.S_IMODE((run.state / "run.json").stat().st_mode) == 0o600
    assert requests.get(f"{run.facts['portal']}/health", timeout=LONGEST_WAIT).ok
    assert requests.get(run.facts["mail_list"], timeout=LONGEST_WAIT).json() is not None
    said = "\n".join(run.lines)
    for person in run.facts["people"]:
        assert person["email"] in said
    programs = {"PostgreSQL", "Keycloak", "mail catcher", "portal", "worker", "example"}
    assert programs == set(run.facts["pids"])


def test_no_secret_is_in_a_log(run: Run) -> None:
    """Secrets are made at first start, and stay where they are: those of the record and the databases too."""
    made = secrets_of(run)
    assert {"audit_key", "secret_key", "portal_database_password", "writer_secret"} <= set(made)
    logs = "".join(path.read_text(errors="replace") for path in (run.state / "logs").iterdir())
    assert [name for name, secret in made.items() if secret in logs] == []


READER, AUDIT = "reader_secret", "audit_key"
OF_THE_PORTAL = {READER, AUDIT, "secret_key", "portal_client_secret", "portal_database_password"}
OF_THE_WORKER = {READER, AUDIT, "secret_key", "writer_secret", "portal_database_password"}
OF_KEYCLOAK = {"keycloak_database_password"}
OF_KEYCLOAK_AT_FIRST = OF_KEYCLOAK | {
    "keycloak_admin_password", "portal_client_secret", READER, "writer_secret", "sync_secret"
}  # fmt: skip


def test_each_program_has_only_the_secrets_it_needs(run: Run) -> None:
    """Web processes hold none that can write to Keycloak; Keycloak, the first time, those it is to set."""
    assert secrets_held(run) == {
        "PostgreSQL": set(),
        "Keycloak": OF_KEYCLOAK_AT_FIRST,
        "mail catcher": set(),
        "portal": OF_THE_PORTAL,
        "worker": OF_THE_WORKER,
        "example": {"example_secret", "example_key"},
    }


def test_what_holds_a_secret_is_its_owners_alone(run: Run) -> None:
    """Every file of the stack's that has one in it, and no folder lists them to others."""
    made = secrets_of(run)
    found = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in run.state.rglob("*")
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 1_000_000
        and any(value.encode() in path.read_bytes() for value in made.values())
    }  # fmt: skip
    assert set(found.values()) == {0o600}, found
    assert {"secrets.json", "run.json"} == set(found)
    assert stat.S_IMODE(run.state.stat().st_mode) & 0o066 == 0


def test_the_example_runs_where_a_port_is_named_for_it(run: Run) -> None:
    """With a client of its own in Keycloak, and no secret but its own."""
    assert "Sign in" in requests.get(run.facts["example"], timeout=LONGEST_WAIT).text
    asked = requests.get(f"{run.facts['example']}/sign-in", timeout=LONGEST_WAIT)
    assert asked.url.startswith(run.facts["keycloak"])
    assert "Sign in" in asked.text
    environ = psutil.Process(run.facts["pids"]["example"]).environ()
    assert [name for name in environ if name.startswith("CQRS_")] == []


def test_commands_find_the_running_stack(run: Run) -> None:
    """`cqrs realm plan` on a running server; the realm that was loaded differs in nothing."""
    planned = cqrs(run, "realm", "plan")
    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_a_killed_portal_comes_back(run: Run) -> None:
    """A service that dies is started again, and run.json has its new pid."""
    _kill(run, "portal")
    assert requests.get(f"{run.facts['portal']}/health", timeout=LONGEST_WAIT).ok


def test_a_killed_keycloak_and_a_killed_database_are_restarted(run: Run) -> None:
    """Keycloak dying while running."""
    for name in ("Keycloak", "PostgreSQL"):
        _kill(run, name)
    wait_until(lambda: keycloak_is_healthy(run), LONGEST_START, "Keycloak is healthy")
    wait_until(lambda: token_is_given(run), LONGEST_START, "Keycloak's way back to the database")


def token_is_given(run: Run) -> bool:
    """While the connections that it had to the database are dead it says so, or nothing for a while."""
    address = f"{run.facts['keycloak']}/realms/master/protocol/openid-connect/token"
    asked = {"grant_type": "password", "client_id": "admin-cli", **run.facts["administrator"]}
    try:
        return requests.post(address, data=asked, timeout=LONGEST_WAIT).ok
    except requests.RequestException:
        return False


def _kill(run: Run, name: str) -> None:
    """Kills this program, and waits until another is there in its place."""
    before = run.facts["pids"][name]
    psutil.Process(before).kill()
    wait_until(lambda: run.facts["pids"][name] != before, LONGEST_START, f"{name} is restarted")
    assert any(f"{name} died (killed by SIGKILL)" in line for line in run.lines)


def test_clean_refuses_while_it_runs(run: Run) -> None:
    """`make clean` removes the data, though not under a running stack."""
    refused = cqrs(run, "clean")
    assert refused.returncode == 1
    assert "running" in refused.stderr
    assert requests.get(f"{run.facts['portal']}/health", timeout=LONGEST_WAIT).ok


@pytest.fixture(scope="module")
def first(run: Run) -> dict[str, Any]:
    """What the first start said of itself, once it has data of which the next must know."""
    query(database(run), "CREATE TABLE kept (word text)")
    query(database(run), "INSERT INTO kept VALUES ('still here')")
    send_mail(run, "kept@practice.example")
    return run.facts


def test_stopping_ends_all_that_was_started_and_nothing_else(
    run: Run, first: dict[str, Any], bystander: psutil.Process
) -> None:
    """Stopping stops everything it started and nothing else; the data stays."""
    assert run.facts == first
    started = family(run)
    assert run.stop() == 0
    assert psutil.wait_procs(started, timeout=LONGEST_WAIT)[1] == []
    assert not (run.state / "run.json").exists()
    assert bystander.is_running()


def test_with_all_cached_it_starts_without_a_network_and_with_its_data(
    run: Run, first: dict[str, Any]
) -> None:
    """No network with everything cached (must start); the next start keeps all data."""
    run.stop()
    run.environ |= NO_NETWORK
    run.start()
    assert query(database(run), "SELECT word FROM kept") == [("still here",)]
    assert requests.get(f"{run.facts['mail_list']}?to=kept@practice.example", timeout=LONGEST_WAIT).json()
    held = secrets_held(run)
    assert (held["Keycloak"], held["portal"], held["worker"]) == (OF_KEYCLOAK, OF_THE_PORTAL, OF_THE_WORKER)
    assert run.facts["people"] == first["people"]
    assert run.facts["environment"] == first["environment"]
    assert cqrs(run, "realm", "plan").returncode == 0


def test_a_named_administrator_takes_over(run: Run) -> None:
    """As docs/operate.md says, step by step: with a password and an app of their own, and `admin` gone."""
    keycloak, first = run.facts["keycloak"], run.facts["administrator"]
    bootstrap = AdminSession(AdminConnection(keycloak, first["username"], first["password"]), "master")
    person = bootstrap.create("users", body={"username": "grace.hopper", "enabled": True})
    credential = {"type": "password", "value": "Given by hand, once", "temporary": True}
    bootstrap.put("users", person, "reset-password", body=credential)
    role = bootstrap.get("roles", "admin")
    bootstrap.post("users", person, "role-mappings", "realm", body=[role])

    app = _sign_in_at_the_console(keycloak, "grace.hopper", "Given by hand, once", LASTING)
    asked = {"CQRS_KEYCLOAK_ADMIN": "grace.hopper", "CQRS_KEYCLOAK_ADMIN_PASSWORD": LASTING}
    assert cqrs(run, "realm", "plan", **asked).returncode == 1
    code = {"CQRS_KEYCLOAK_ADMIN_CODE": app.code(good_for=A_COMMAND)}
    planned = cqrs(run, "realm", "plan", "--realm", "master", **asked, **code)
    assert planned.returncode == 0, planned.stdout + planned.stderr

    grace = AdminSession(AdminConnection(keycloak, "grace.hopper", LASTING, code=app.code()), "master")
    (admin,) = grace.get("users", username=first["username"], exact="true")
    grace.delete("users", admin["id"])
    assert cqrs(run, "realm", "plan").returncode == 1


def _sign_in_at_the_console(keycloak: str, name: str, given: str, lasting: str) -> Authenticator:
    """Signs in for the first time, which asks for a password of one's own and an app; that app."""
    asked = {
        "client_id": "security-admin-console",
        "redirect_uri": f"{keycloak}/admin/master/console/",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    browser = KeycloakVisitor(keycloak, keycloak)
    browser.open(f"/realms/master/protocol/openid-connect/auth?{urlencode(asked)}")
    browser.fill_in({"username": name, "password": given})
    app = None
    while "/admin/master/console/" not in browser.url.partition("?")[0]:
        if found := re.search(r'name="totpSecret" value="([^"]+)"', browser.text):
            app = Authenticator(found[1])
            browser.fill_in({"totpSecret": found[1], "totp": app.code(), "userLabel": ""})
        else:
            assert "password-new" in browser.text, browser.text[:2000]
            browser.fill_in({"password-new": lasting, "password-confirm": lasting})
    assert app
    return app


def test_nothing_outlives_a_supervisor_that_was_killed(run: Run) -> None:
    """Not even what its programs had started."""
    started = family(run)
    run.stop(signal.SIGKILL)
    assert psutil.wait_procs(started, timeout=LONGEST_WAIT)[1] == []


@pytest.mark.usefixtures("first")
def test_a_database_left_by_a_killed_run_starts_again(run: Run, bystander: psutil.Process) -> None:
    """A database left by a killed run, whose pid has gone to another program."""
    run.stop(signal.SIGKILL)
    data = database_data(run.state)
    left = [str(bystander.pid), str(data), "1", "5432", "", "127.0.0.1"]
    (data / "postmaster.pid").write_text("\n".join(left) + "\n")
    postgres = Postgres(run.state, free_port(), secrets_of(run)["postgres_password"], ())
    again = Servers(run.state, console=Console(quiet=True))
    postgres.prepare()
    service = again.add("PostgreSQL", postgres.launch, postgres.healthy)
    try:
        service.wait_until_healthy()
        assert query(postgres, "SELECT word FROM kept") == [("still here",)]
    finally:
        again.close()
    assert bystander.is_running()


def test_clean_removes_everything(run: Run) -> None:
    """`make clean` removes it."""
    run.stop()
    assert cqrs(run, "clean").returncode == 0
    assert not run.state.exists()
