"""The servers start, keep their data, are restarted, and end with whoever started them."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import psutil
import psycopg
import pytest
import requests
from sqlalchemy.engine import make_url

from stack import StackProblem
from stack.console import Console
from stack.postgres import Postgres, can_reach, database_data, database_home, database_user
from stack.servers import Servers
from stack.service import Restarter
from stack.state import clean_state, open_state
from tests.stack.conftest import LONGEST_WAIT, ROOT, Holder

pytestmark = pytest.mark.keycloak

NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "CQRS_MAVEN_MIRROR"), "http://127.0.0.1:9") | {
    "npm_config_registry": "http://127.0.0.1:9",
    "PATH": "/usr/bin:/bin",
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state folder of all the starts below; each leaves it as a stopped or killed run would."""
    folder = tmp_path_factory.mktemp("stack") / "state"
    yield folder
    clean_state(folder)


@pytest.fixture(scope="module")
def servers(state: Path) -> Iterator[Servers]:
    with Servers(state) as running:
        yield running


def _query(url: str, statement: str) -> list[tuple[object, ...]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _alive(pids: Iterable[int]) -> list[psutil.Process]:
    """Those of them that haven't ended: any may do so while this looks."""
    found = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            found.append(psutil.Process(pid))
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_keycloak_is_healthy_on_its_own_address_only(servers: Servers) -> None:
    """Keycloak in production mode on PostgreSQL."""
    issuer = requests.get(
        f"{servers.keycloak_url}/realms/master/.well-known/openid-configuration", timeout=10
    )
    assert issuer.json()["issuer"] == f"{servers.keycloak_url}/realms/master"
    listening = {
        connection.laddr.ip
        for pid in servers.register.pids.values()
        for connection in psutil.Process(pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"}


def test_the_database_asks_for_its_password(servers: Servers) -> None:
    """Secrets are made at first start, and are needed."""
    wrong = make_url(servers.postgres_url).set(drivername="postgresql", password="wrong")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong.render_as_string(hide_password=False))


def test_a_mail_is_caught_and_shown_safely(servers: Servers) -> None:
    """A mail catcher with a web page."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Ünïcode <b>", "desk@cqrs.example", "ann@practice.example"
    mail.set_content("Open https://portal.example/x?a=1&b=2.")
    mail.add_alternative("<a href='https://portal.example/y?a=1&amp;b=2'>y</a><script>x()</script>", "html")
    with smtplib.SMTP("127.0.0.1", servers.smtp_port) as smtp:
        smtp.send_message(mail)
    (heading,) = requests.get(f"{servers.mail_url}/messages.json?to=ann@practice.example", timeout=5).json()
    whole = requests.get(f"{servers.mail_url}/messages/{heading['id']}.json", timeout=5).json()
    assert whole["links"] == ["https://portal.example/y?a=1&b=2", "https://portal.example/x?a=1&b=2"]
    page = requests.get(f"{servers.mail_url}/messages/{heading['id']}", timeout=5)
    assert "Ünïcode &lt;b&gt;" in page.text
    shown = requests.get(f"{servers.mail_url}/messages/{heading['id']}.html", timeout=5)
    assert shown.headers["Content-Security-Policy"].startswith("sandbox ")


def test_a_second_run_beside_the_first_is_told_so(servers: Servers, state: Path) -> None:
    """A second `make run` beside the first."""
    with pytest.raises(StackProblem, match="already runs"):
        Servers(state).open()
    second = subprocess.run(
        [sys.executable, "-m", "commands", "run"],
        cwd=ROOT, env=os.environ | {"CQRS_STATE": str(state)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "already runs" in second.stderr
    assert servers.service("Keycloak").healthy()


def test_a_killed_keycloak_and_a_killed_database_are_restarted(servers: Servers, console: Console) -> None:
    """Keycloak dying while running."""
    restarter = Restarter(servers.services, console, lambda: None)
    for name in ("Keycloak", "PostgreSQL"):
        before = servers.register.pids[name]
        psutil.Process(before).kill()
        psutil.wait_procs(_alive([before]), timeout=LONGEST_WAIT)
        restarter.check()
        assert servers.register.pids[name] != before
    until = time.monotonic() + 240
    while not servers.service("Keycloak").healthy() and time.monotonic() < until:
        time.sleep(0.2)
    token = requests.post(
        f"{servers.keycloak_url}/realms/master/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": servers.admin,
            "password": servers.admin_password,
        },
        timeout=20,
    )
    assert token.ok, "Keycloak found its way back to the database"


def test_stopping_ends_all_that_was_started_and_nothing_else(
    servers: Servers, bystander: psutil.Process
) -> None:
    """Stopping stops everything it started and nothing else; the data stays."""
    _query(servers.postgres_url, "CREATE TABLE kept (word text)")
    _query(servers.postgres_url, "INSERT INTO kept VALUES ('still here')")
    children = [
        process
        for pid in servers.register.pids.values()
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    ]
    servers.close()
    assert psutil.wait_procs(children, timeout=LONGEST_WAIT)[1] == []
    assert bystander.is_running()


def test_with_all_cached_it_starts_without_a_network_and_with_its_data(servers: Servers, state: Path) -> None:
    """No network with everything cached (must start); the next start keeps all data."""
    servers.close()
    holder = Holder(state, **NO_NETWORK)
    try:
        assert _query(holder.facts["postgres_url"], "SELECT word FROM kept") == [("still here",)]
        assert requests.get(f"{holder.facts['mail_url']}/messages.json", timeout=5).json()
    finally:
        holder.stop(signal.SIGKILL)
    left = psutil.wait_procs(_alive(holder.pids.values()), timeout=LONGEST_WAIT)[1]
    assert left == [], "none outlives a supervisor that was killed"


def test_a_database_left_by_a_killed_run_starts_again(
    servers: Servers, state: Path, bystander: psutil.Process
) -> None:
    """A database left by a killed run, whose pid has gone to another program."""
    servers.close()
    data = database_data(state)
    left = [str(bystander.pid), str(data), "1", "5432", "", "127.0.0.1"]
    (data / "postmaster.pid").write_text("\n".join(left) + "\n")
    secret = servers.credentials
    postgres = Postgres(state, _free_port(), secret["postgres_password"], ())
    again = Servers(state, console=Console(quiet=True))
    postgres.prepare()
    service = again.add("PostgreSQL", postgres.launch, postgres.healthy)
    try:
        service.wait_until_healthy()
        assert _query(postgres.administrator_url, "SELECT word FROM kept") == [("still here",)]
    finally:
        again.close()
    assert bystander.is_running()


def test_a_state_folder_that_the_databases_user_cannot_reach_works_too(tmp_path: Path) -> None:
    """Root or not, the database's user must reach its data, and `make clean` finds it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    state = closed / "state"
    open_state(state)
    home = database_home(state)
    user = database_user()
    assert user is None or can_reach(user, home.parent)
    postgres = Postgres(state, _free_port(), "a" * 32, ())
    postgres.prepare()
    again = Servers(state)
    try:
        again.add("PostgreSQL", postgres.launch, postgres.healthy).wait_until_healthy()
    finally:
        again.close()
    assert clean_state(state)
    assert not home.exists()
