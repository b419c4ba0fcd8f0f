"""The same servers in containers, where an engine answers: the images that docker-compose.yml pins."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from directory.realm import common_passwords
from stack.console import Console
from stack.keycloak_installation import FEATURES_OFF, VERSION
from stack.page_files import copy_page_files, fetch_page_files
from stack.service import answers_ok
from stack.settings import REALM_FILES, cache_folder
from tests.support.certificate import ALONE, make_certificate
from tests.support.servers.running import RunningPostgres, RunningServers
from tests.support.servers.sources import free_port, mail_catcher
from tests.support.waiting import wait_until

POSTGRES = "postgres:18.1"
KEYCLOAK = f"keycloak/keycloak:{VERSION}"
LONGEST_START = 240.0  # seconds
TRUSTED = "/opt/keycloak/conf/trusted.pem"
_PROGRAM, _REFUSED = "/opt/keycloak/bin/kc.sh", "/opt/keycloak/data/password-blacklists"
_LISTED = f"/tmp/{common_passwords.FILE_NAME}"  # noqa: S108 - in the container, where nobody else is
_MAKE_FILTER = (
    f"mkdir -p {_REFUSED} && cp {_LISTED} {_REFUSED} && {_PROGRAM} tools build-password-denylist {_LISTED}"
    f" --output {_REFUSED}/{common_passwords.FILTER_NAME}"
)


@contextmanager
def container_servers(folder: Path) -> Iterator[RunningServers]:
    """Keycloak and its database in containers; the mail catcher is ours.

    Keycloak is on this host's own network: it calls back to servers of the tests, and they and it must have
    one name for each other. So it listens on the loopback alone, as the local one does.
    """
    password, trusted = secrets.token_urlsafe(24), make_certificate(folder)
    port, management = free_port(), free_port()
    with (
        mail_catcher(folder / "mail") as (smtp_port, mail_url),
        _postgres(password) as database,
        _keycloak(database, folder, password, (port, management)),
    ):
        # It listens a while before it has made its own realm, and says so here alone.
        wait_until(lambda: answers_ok(management, "/health/ready"), LONGEST_START, "Keycloak")
        yield RunningServers(
            keycloak_url=f"http://localhost:{port}",
            admin="admin",
            admin_password=password,
            smtp_host="127.0.0.1",
            smtp_port=smtp_port,
            mail_url=mail_url,
            trusted_certificate=trusted,
        )


@contextmanager
def container_postgres() -> Iterator[RunningPostgres]:
    """PostgreSQL in a container."""
    password = secrets.token_urlsafe(24)
    with _postgres(password) as database:
        running = RunningPostgres(_url(database, password))
        running.forgo_safety()
        yield running


def _postgres(password: str) -> DockerContainer:
    return (
        DockerContainer(POSTGRES)
        .with_env("POSTGRES_PASSWORD", password)
        .with_env("POSTGRES_DB", "keycloak")
        .with_exposed_ports(5432)
        .waiting_for(LogMessageWaitStrategy("listening on IPv4 address"))
    )


def _keycloak(
    database: DockerContainer, folder: Path, password: str, ports: tuple[int, int]
) -> DockerContainer:
    """Keycloak with our theme and list mounted. It builds itself as it starts, for it is the plain image."""
    port, management = ports
    themes = folder / "themes"
    _copy_themes(themes)
    listed = folder / common_passwords.FILE_NAME
    common_passwords.write(listed)
    environment = {
        "KC_DB": "postgres",
        "KC_DB_URL": f"jdbc:postgresql://127.0.0.1:{database.get_exposed_port(5432)}/keycloak",
        "KC_DB_USERNAME": "postgres",
        "KC_DB_PASSWORD": password,
        "KC_CACHE": "local",
        "KC_FEATURES_DISABLED": ",".join(FEATURES_OFF),
        "KC_HEALTH_ENABLED": "true",
        "KC_HOSTNAME": f"http://localhost:{port}",
        "KC_HTTP_ENABLED": "true",
        "KC_HTTP_HOST": "127.0.0.1",
        "KC_HTTP_PORT": str(port),
        "KC_HTTP_MANAGEMENT_HOST": "127.0.0.1",
        "KC_HTTP_MANAGEMENT_PORT": str(management),
        "KC_TRUSTSTORE_PATHS": TRUSTED,
        "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
        "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
        "JDK_JAVA_OPTIONS": os.environ.get("JDK_JAVA_OPTIONS", ""),
    }
    return (
        DockerContainer(KEYCLOAK)
        .with_command(["-c", f"{_MAKE_FILTER} && exec {_PROGRAM} start"])
        .with_envs(**environment)
        .with_volume_mapping(str(themes), "/opt/keycloak/themes", "ro")
        .with_volume_mapping(str(listed), _LISTED, "ro")
        .with_volume_mapping(str(folder / ALONE), TRUSTED, "ro")
        .with_kwargs(network_mode="host", entrypoint="/bin/sh")
        .waiting_for(LogMessageWaitStrategy("Listening on: http").with_startup_timeout(int(LONGEST_START)))
    )


def _copy_themes(themes: Path) -> None:
    shutil.copytree(REALM_FILES / "themes", themes)
    made = fetch_page_files(cache_folder(), Console(quiet=True))
    for login in themes.glob("*/login"):
        copy_page_files(made, login / "resources" / "nhsuk")


def _url(database: DockerContainer, password: str) -> str:
    host, port = database.get_container_host_ip(), database.get_exposed_port(5432)
    return f"postgresql+psycopg://postgres:{password}@{host}:{port}/postgres"
