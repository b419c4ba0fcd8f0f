"""Where running servers come from: those already named, containers, or the local stack."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.certificate import ALONE, make_certificate
from tests.support.servers.running import RunningPostgres, RunningServers

if TYPE_CHECKING:
    from stack.servers import Servers


@contextmanager
def running_servers(folder: Path) -> Iterator[RunningServers]:
    """Keycloak and a mail catcher until the context ends.

    `CQRS_TEST_SERVERS` names a JSON file of servers that already run: `postgres_url`, and the fields of
    RunningServers (the mail catcher's may be left out: one is started). Else they run in containers where an
    engine answers, and else as our stack starts them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if facts := _named():
        source = named_servers(facts, folder)
    elif docker_answers():
        from tests.support.servers.containers import container_servers

        source = container_servers(folder)
    else:
        source = local_servers(folder)
    with source as servers:
        yield servers


@contextmanager
def running_postgres(folder: Path) -> Iterator[RunningPostgres]:
    """PostgreSQL until the context ends, from the same sources."""
    if facts := _named():
        yield RunningPostgres(facts["postgres_url"])
    elif docker_answers():
        from tests.support.servers.containers import container_postgres

        with container_postgres() as postgres:
            yield postgres
    else:
        with local_postgres(folder) as postgres:
            yield postgres


def _named() -> dict[str, Any]:
    """The facts of the servers that already run; empty when none are named."""
    named = os.environ.get("CQRS_TEST_SERVERS")
    return json.loads(Path(named).read_text()) if named else {}


@contextmanager
def named_servers(facts: dict[str, Any], folder: Path) -> Iterator[RunningServers]:
    ours = {name: value for name, value in facts.items() if name != "postgres_url"}
    if "mail_url" in ours:
        yield RunningServers(**ours)
        return
    with mail_catcher(folder / "mail") as (smtp_port, mail_url):
        yield RunningServers(**ours, smtp_host="127.0.0.1", smtp_port=smtp_port, mail_url=mail_url)


@contextmanager
def local_servers(folder: Path) -> Iterator[RunningServers]:
    from stack.servers import Servers
    from stack.state import clean_state

    with ExitStack() as closing:
        closing.callback(clean_state, folder / "state")
        trusted = make_certificate(folder)
        with _trusting(folder / ALONE):
            servers = closing.enter_context(Servers(folder / "state"))
        RunningPostgres(servers.postgres_url).forgo_safety()
        yield replace(as_running(servers), trusted_certificate=trusted)


def as_running(servers: "Servers") -> RunningServers:
    """The servers of a stack as tests take them."""
    return RunningServers(
        keycloak_url=servers.keycloak_url,
        admin=servers.admin,
        admin_password=servers.admin_password,
        smtp_host="127.0.0.1",
        smtp_port=servers.smtp_port,
        mail_url=servers.mail_url,
    )


@contextmanager
def _trusting(certificate: Path) -> Iterator[None]:
    """A Keycloak that starts meanwhile trusts this one too."""
    had = os.environ.get("JDK_JAVA_OPTIONS", "")
    os.environ["JDK_JAVA_OPTIONS"] = f"{had} -Dkc.truststore-paths={certificate}"
    try:
        yield
    finally:
        os.environ["JDK_JAVA_OPTIONS"] = had


@contextmanager
def local_postgres(folder: Path) -> Iterator[RunningPostgres]:
    from tests.support.own_postgres import started_postgres

    with started_postgres(folder) as own:
        running = RunningPostgres(own.postgres.administrator_url)
        running.forgo_safety()
        yield running


@contextmanager
def mail_catcher(folder: Path, host: str = "127.0.0.1") -> Iterator[tuple[int, str]]:
    """A mail catcher of this test run: its SMTP port and the address of its page."""
    smtp, web = free_port(), free_port()
    command = [sys.executable, "-m", "stack.mailcatcher", "--folder", str(folder), "--host", host]
    with subprocess.Popen([*command, "--smtp-port", str(smtp), "--web-port", str(web)]) as process:
        try:
            wait_until_listens(web)
            yield smtp, f"http://127.0.0.1:{web}"
        finally:
            process.terminate()


def docker_answers() -> bool:
    """Whether a container engine can be used here."""
    if not shutil.which("docker"):
        return False
    asked = subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False)
    return asked.returncode == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_listens(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port} after {seconds} s")
