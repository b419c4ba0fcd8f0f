"""The servers of a running stack are as safe and as whole as they are said to be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import requests
from sqlalchemy.engine import make_url

from stack import StackProblem
from stack.disk import write_json
from stack.first_steps import FirstSteps
from stack.postgres import Postgres, can_reach, database_home, database_user
from stack.servers import Servers
from stack.state import clean_state, open_state
from tests.browser.running import Run
from tests.stack.conftest import LONGEST_WAIT, ROOT
from tests.stack.running_stack import database, keycloak_is_healthy, listening, send_mail
from tests.support.servers.sources import free_port

pytestmark = pytest.mark.keycloak


def test_keycloak_is_healthy_on_its_own_address_only(run: Run) -> None:
    """Keycloak in production mode on PostgreSQL, and all that is beside it."""
    keycloak = run.facts["keycloak"]
    issuer = requests.get(f"{keycloak}/realms/master/.well-known/openid-configuration", timeout=LONGEST_WAIT)
    assert issuer.json()["issuer"] == f"{keycloak}/realms/master"
    assert "127.0.0.1" in (found := listening(run))
    assert found <= {"127.0.0.1", "::ffff:127.0.0.1"}


def test_the_database_asks_for_its_password(run: Run) -> None:
    """Secrets are made at first start, and are needed."""
    url = make_url(database(run).administrator_url)
    wrong = url.set(drivername="postgresql", password="wrong")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong.render_as_string(hide_password=False))


def test_a_mail_is_caught_and_shown_safely(run: Run) -> None:
    """A mail catcher with a web page."""
    send_mail(run, "ann@practice.example")
    mail, listed = run.facts["mail"], run.facts["mail_list"]
    (heading,) = requests.get(f"{listed}?to=ann@practice.example", timeout=LONGEST_WAIT).json()
    whole = requests.get(f"{mail}/messages/{heading['id']}.json", timeout=LONGEST_WAIT).json()
    assert whole["links"] == ["https://portal.example/y?a=1&b=2", "https://portal.example/x?a=1&b=2"]
    page = requests.get(f"{mail}/messages/{heading['id']}", timeout=LONGEST_WAIT)
    assert "Ünïcode &lt;b&gt;" in page.text
    shown = requests.get(f"{mail}/messages/{heading['id']}.html", timeout=LONGEST_WAIT)
    assert shown.headers["Content-Security-Policy"].startswith("sandbox ")


def test_a_second_run_beside_the_first_is_told_so(run: Run) -> None:
    """A second `make run` beside the first."""
    with pytest.raises(StackProblem, match="already runs"):
        Servers(run.state).open()
    environ = os.environ | {"CQRS_STATE": str(run.state)}
    second = subprocess.run(
        [sys.executable, "-m", "commands", "run"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "already runs" in second.stderr
    assert keycloak_is_healthy(run)


def test_a_state_folder_that_the_databases_user_cannot_reach_works_too(tmp_path: Path) -> None:
    """Root or not, the database's user must reach its data, and `make clean` finds it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    state = closed / "state"
    open_state(state)
    home = database_home(state)
    user = database_user()
    assert user is None or can_reach(user, home.parent)
    postgres = Postgres(state, free_port(), "a" * 32, ())
    postgres.prepare()
    again = Servers(state)
    try:
        again.add("PostgreSQL", postgres.launch, postgres.healthy).wait_until_healthy()
    finally:
        again.close()
    assert clean_state(state)
    assert not home.exists()


TAKEN = ("migrated.json", "realm-applied.json", "master-applied.json", "sample-people.json")
BEGUN = ("keycloak/has-begun", "keycloak/realm-was-imported")


def _prepared(state: Path) -> Servers:
    servers = Servers(state, import_realm=True)
    servers.open()
    try:
        servers.prepare()
    finally:
        servers.close()
    return servers


def _marks(state: Path) -> set[str]:
    return {name for name in (*TAKEN, *BEGUN) if (state / name).exists()}


def test_a_database_that_is_made_anew_is_filled_anew(tmp_path: Path) -> None:
    """A fresh start works whatever was removed before: the database alone too, which may be elsewhere."""
    state = tmp_path / "state"
    first = _prepared(state)
    first.keycloak.home.mkdir()
    first.keycloak.remember_import()
    for name in TAKEN:
        write_json(state / name, [])
    assert _marks(_prepared(state).settings.state) == {*TAKEN, *BEGUN}

    shutil.rmtree(database_home(state))
    again = _prepared(state)
    assert _marks(state) == set()
    assert not FirstSteps(state, {}).taken_before
    assert again.credentials == first.credentials
    assert clean_state(state)
