"""`cqrs run` as a newcomer has it, from its first start to `cqrs clean`."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest
import requests

from tests.browser.running import Run, environment, free_ports
from tests.stack.conftest import LONGEST_WAIT, ROOT

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A stack of these tests' own. They stop and start it, and leave it running."""
    state = tmp_path_factory.mktemp("whole") / "state"
    started = Run(state, environment(state, CQRS_EXAMPLE_PORT=str(free_ports(1)[0]))).start()
    yield started
    started.stop()


def _cqrs(run: Run, *words: str) -> subprocess.CompletedProcess[str]:
    """A command beside the running stack, told only where its state is."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CQRS_")}
    return subprocess.run(
        [sys.executable, "-m", "commands", *words],
        cwd=ROOT, env=environ | {"CQRS_STATE": str(run.state)}, capture_output=True, text=True, check=False,
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
    """Secrets are made at first start, and stay where they are."""
    made = [
        value for name, value in run.facts["environment"].items() if "SECRET" in name or "PASSWORD" in name
    ]
    logs = "".join(path.read_text(errors="replace") for path in (run.state / "logs").iterdir())
    assert [secret for secret in made if secret in logs] == []


def test_each_program_has_only_the_secrets_it_needs(run: Run) -> None:
    """Web processes hold no secret that can write to Keycloak."""
    pids = run.facts["pids"]
    portal, worker = (psutil.Process(pids[name]).environ() for name in ("portal", "worker"))
    assert {"CQRS_READER_SECRET", "CQRS_SECRET_KEY"} <= set(portal)
    assert "CQRS_WRITER_SECRET" in worker
    assert "CQRS_WRITER_SECRET" not in portal
    for environ in (portal, worker):
        others = {"CQRS_SYNC_SECRET", "CQRS_KEYCLOAK_ADMIN", "CQRS_KEYCLOAK_ADMIN_PASSWORD"}
        assert (others | {"CQRS_OWNER_DATABASE_URL"}) & set(environ) == set()
    keycloak = psutil.Process(pids["Keycloak"]).environ()
    ours = {"CQRS_DATABASE_URL", "CQRS_OWNER_DATABASE_URL", "CQRS_SECRET_KEY", "CQRS_AUDIT_KEY"}
    assert ours & set(keycloak) == set()


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
    assert run.facts["people"] == first["people"]
    assert run.facts["environment"] == first["environment"]
    assert _cqrs(run, "realm", "plan").returncode == 0


def test_clean_removes_everything(run: Run) -> None:
    """`make clean` removes it."""
    run.stop()
    assert _cqrs(run, "clean").returncode == 0
    assert not run.state.exists()
