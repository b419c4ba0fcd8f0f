"""Keycloak unpacked and built in the cache, once for each version and set of build options."""

import hashlib
import shutil
import signal
import subprocess
from pathlib import Path

from stack.console import Teller
from stack.disk import FIRST_TIME, check_room
from stack.java import java_environment
from stack.launch import end_with_parent
from stack.lock import one_at_a_time
from stack.problem import StackProblem
from stack.release import VERSION

# Features that the service has no use for are left out, so that none of them can be the way in.
FEATURES_OFF = (
    "ciba",
    "device-flow",
    "docker",
    "impersonation",
    "kerberos",
    "organization",
    "twitter-broker",
)
BUILD_OPTIONS = (
    "--db=postgres",
    "--health-enabled=true",
    "--metrics-enabled=true",
    f"--features-disabled={','.join(FEATURES_OFF)}",
)
_BUILT = "built-by-cqrs"


def keycloak_installation(cache: Path, teller: Teller) -> Path:
    """The folder of a Keycloak that is ready for `start --optimized`; nothing is fetched once it is there."""
    key = hashlib.sha256(" ".join(BUILD_OPTIONS).encode()).hexdigest()[:12]
    folder = cache / f"keycloak-{VERSION}-{key}"
    if (folder / _BUILT).exists():
        return folder
    with one_at_a_time(cache / f"{folder.name}.lock"):
        if not (folder / _BUILT).exists():
            check_room(cache, FIRST_TIME)
            _install(folder, cache, teller)
    return folder


def _install(folder: Path, cache: Path, teller: Teller) -> None:
    from stack.archive import keycloak_archive  # noqa: PLC0415 (a warm start need not wait for its libraries)

    with teller.step("fetch-keycloak", f"Fetching Keycloak {VERSION} (176 MB)", spinner=False):
        archive = keycloak_archive(cache, teller)
    with teller.step("unpack-keycloak", "Unpacking Keycloak"):
        _unpack(archive, folder)
    with teller.step("build-keycloak", "Building Keycloak for PostgreSQL (half a minute, this once)"):
        _build(folder)


def _unpack(archive: Path, folder: Path) -> None:
    unfinished = folder.with_name(folder.name + ".part")
    for old in (unfinished, folder):
        shutil.rmtree(old, ignore_errors=True)
    # The archive's checksum is pinned, and the first releases of Python 3.11 have no filters to ask for.
    shutil.unpack_archive(archive, unfinished)
    (inside,) = unfinished.iterdir()
    inside.rename(folder)
    unfinished.rmdir()


def _build(folder: Path) -> None:
    log = folder / "build.log"
    with log.open("wb") as output:
        done = subprocess.run(
            [str(folder / "bin" / "kc.sh"), "build", *BUILD_OPTIONS],
            env=java_environment(), stdout=output, stderr=subprocess.STDOUT, check=False,
            preexec_fn=end_with_parent(signal.SIGTERM),
        )  # fmt: skip
    if done.returncode:
        raise StackProblem(f"Keycloak could not be built (exit code {done.returncode}): see {log}.")
    (folder / _BUILT).touch()
