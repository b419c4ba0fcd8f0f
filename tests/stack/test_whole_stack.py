"""`cqrs run` as a newcomer has it, from its first start to `cqrs clean`."""

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import psutil
import pytest
import requests

from directory.admin_session import AdminSession
from directory.connection import AdminConnection
from tests.browser.running import Run, environment, free_ports
from tests.stack.conftest import LONGEST_WAIT, ROOT
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.realm.authenticator import Authenticator

pytestmark = pytest.mark.keycloak
LASTING = "Compilers were thought impossible"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A stack of these tests' own. They stop and start it, and leave it running."""
    state = tmp_path_factory.mktemp("whole") / "state"
    started = Run(state, environment(state, CQRS_EXAMPLE_PORT=str(free_ports(1)[0]))).start()
    yield started
    started.stop()


def _cqrs(run: Run, *words: str, **told: str) -> subprocess.CompletedProcess[str]:
    """A command beside the running stack, told only where its state is, and what else is said."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CQRS_")}
    environ |= {"CQRS_STATE": str(run.state)} | told
    return subprocess.run(
        [sys.executable, "-m", "commands", *words],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


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
    made = json.loads((run.state / "secrets.json").read_text())
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


def _secrets_held(run: Run) -> dict[str, set[str]]:
    """Of each program and all that it started: the secrets that its environment or words hold, by name."""
    made = json.loads((run.state / "secrets.json").read_text())
    held: dict[str, set[str]] = {}
    for name, pid in run.facts["pids"].items():
        first = psutil.Process(pid)
        told = [
            text
            for process in (first, *first.children(recursive=True))
            for text in (*process.environ().values(), *process.cmdline())
        ]
        held[name] = {secret for secret, value in made.items() if any(value in text for text in told)}
    return held


def test_each_program_has_only_the_secrets_it_needs(run: Run) -> None:
    """Web processes hold none that can write to Keycloak; Keycloak, the first time, those it is to set."""
    assert _secrets_held(run) == {
        "PostgreSQL": set(),
        "Keycloak": OF_KEYCLOAK_AT_FIRST,
        "mail catcher": set(),
        "portal": OF_THE_PORTAL,
        "worker": OF_THE_WORKER,
        "example": {"example_secret", "example_key"},
    }


def test_what_holds_a_secret_is_its_owners_alone(run: Run) -> None:
    """Every file of the stack's that has one in it, and no folder lists them to others."""
    made = json.loads((run.state / "secrets.json").read_text())
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
    planned = _cqrs(run, "realm", "plan")
    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_a_killed_portal_comes_back(run: Run) -> None:
    """A service that dies is started again, and run.json has its new pid."""
    before = run.facts["pids"]["portal"]
    psutil.Process(before).kill()
    until = time.monotonic() + 180
    while run.facts["pids"]["portal"] == before and time.monotonic() < until:
        time.sleep(0.2)
    assert requests.get(f"{run.facts['portal']}/health", timeout=LONGEST_WAIT).ok
    assert any("portal died (killed by SIGKILL)" in line for line in run.lines)


def test_clean_refuses_while_it_runs(run: Run) -> None:
    """`make clean` removes the data, though not under a running stack."""
    refused = _cqrs(run, "clean")
    assert refused.returncode == 1
    assert "running" in refused.stderr
    assert requests.get(f"{run.facts['portal']}/health", timeout=LONGEST_WAIT).ok


def test_it_stops_whole_and_starts_again_with_its_data(run: Run) -> None:
    """Stopping stops everything it started; the next start keeps all data."""
    first = run.facts
    family = [
        process
        for pid in first["pids"].values()
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    ]
    assert run.stop() == 0
    assert psutil.wait_procs(family, timeout=LONGEST_WAIT)[1] == []
    assert not (run.state / "run.json").exists()
    run.start()
    held = _secrets_held(run)
    assert (held["Keycloak"], held["portal"], held["worker"]) == (OF_KEYCLOAK, OF_THE_PORTAL, OF_THE_WORKER)
    assert run.facts["people"] == first["people"]
    assert run.facts["environment"] == first["environment"]
    assert _cqrs(run, "realm", "plan").returncode == 0


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
    assert _cqrs(run, "realm", "plan", **asked).returncode == 1
    code = {"CQRS_KEYCLOAK_ADMIN_CODE": app.code()}
    planned = _cqrs(run, "realm", "plan", "--realm", "master", **asked, **code)
    assert planned.returncode == 0, planned.stdout + planned.stderr

    grace = AdminSession(AdminConnection(keycloak, "grace.hopper", LASTING, code=app.code()), "master")
    (admin,) = grace.get("users", username=first["username"], exact="true")
    grace.delete("users", admin["id"])
    assert _cqrs(run, "realm", "plan").returncode == 1


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


def test_clean_removes_everything(run: Run) -> None:
    """`make clean` removes it."""
    run.stop()
    assert _cqrs(run, "clean").returncode == 0
    assert not run.state.exists()
