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
from pathlib import Path

from tests.support.servers.running import RunningServers


@contextmanager
def running_servers(folder: Path) -> Iterator[RunningServers]:
    """Servers until the context ends.

    `CQRS_TEST_SERVERS` names a JSON file of servers that already run, with the fields of RunningServers (the
    mail catcher's may be left out: one is started); else containers where an engine answers; else our stack.
    """
    named = os.environ.get("CQRS_TEST_SERVERS")
    if named:
        with named_servers(Path(named), folder) as servers:
            yield servers
    elif docker_answers():
        from tests.support.servers.containers import container_servers

        with container_servers(folder) as servers:
            yield servers
    else:
        with local_servers(folder) as servers:
            yield servers


@contextmanager
def named_servers(path: Path, folder: Path) -> Iterator[RunningServers]:
    facts = json.loads(path.read_text())
    if "mail_url" in facts:
        yield RunningServers(**facts)
        return
    with mail_catcher(folder / "mail") as (smtp_port, mail_url):
        yield RunningServers(**facts, smtp_host="127.0.0.1", smtp_port=smtp_port, mail_url=mail_url)


@contextmanager
def local_servers(folder: Path) -> Iterator[RunningServers]:
    from stack.servers import Servers
    from stack.state import clean_state

    state = folder / "state"
    with ExitStack() as closing:
        closing.callback(clean_state, state)
        servers = closing.enter_context(Servers(state))
        yield RunningServers(
            keycloak_url=servers.keycloak_url,
            admin=servers.admin,
            admin_password=servers.admin_password,
            postgres_url=servers.postgres_url,
            smtp_host="127.0.0.1",
            smtp_port=servers.smtp_port,
            mail_url=servers.mail_url,
        )


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


def wait_until_listens(port: int, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port} after {seconds} s")
