"""Fetches Keycloak's archive into the cache: whole and with the right checksum, or not at all."""

import hashlib
import os
import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import requests
from jgo.maven import MavenContext, PythonResolver

from stack.console import Advance, Teller
from stack.problem import StackProblem
from stack.release import SHA256, VERSION

_GROUP, _ARTIFACT, _PACKAGING = "org.keycloak", "keycloak-quarkus-dist", "tar.gz"
_TRIES = 2


def keycloak_archive(cache: Path, teller: Teller) -> Path:
    """The archive in the cache, fetched when it is missing or broken. Raises StackProblem."""
    archive = cache / f"keycloak-{VERSION}.{_PACKAGING}"
    if archive.exists() and _sha256(archive) == SHA256:
        return archive
    if archive.exists():
        teller.line(f"  {archive} is broken: fetching it again")
        archive.unlink()
    for attempt in range(1, _TRIES + 1):
        problem = _fetch(archive, teller)
        if problem is None:
            return archive
        teller.line(f"  Fetching Keycloak {VERSION}, try {attempt} of {_TRIES}: {problem}")
    raise StackProblem(
        f"Keycloak {VERSION} could not be fetched: {problem}. Look at the network, then run this again."
    )


def _fetch(archive: Path, teller: Teller) -> str | None:
    """Fetches once; in words what went wrong, if anything did."""
    partial = archive.parent / f"fetching-{os.getpid()}"
    partial.mkdir(parents=True, exist_ok=True)
    try:
        fetched = _resolve(partial, teller)
        if _sha256(fetched) != SHA256:
            return "what came has the wrong checksum, so it was cut off or changed on its way"
        fetched.replace(archive)
    except (requests.RequestException, RuntimeError) as problem:
        return _in_short(problem)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return None


def _resolve(folder: Path, teller: Teller) -> Path:
    def bar(name: str, size: int) -> AbstractContextManager[Advance]:
        return teller.download(f"Fetching {name}", size)

    mirror = os.environ.get("CQRS_MAVEN_MIRROR")
    context = MavenContext(
        resolver=PythonResolver(progress_callback=bar),
        repo_cache=folder,
        local_repos=[],
        remote_repos={"mirror": mirror} if mirror else None,
        timeout=30,
    )
    component = context.project(_GROUP, _ARTIFACT).at_version(VERSION)
    return Path(component.artifact(packaging=_PACKAGING).resolve())


def _in_short(problem: Exception) -> str:
    words = str(problem)
    if "not found in remote repositories" in words:
        return "the repository does not have it"
    if "IncompleteRead" in words or "broken" in words:
        return "the download was cut off"
    return "the repository can't be reached" if isinstance(problem, requests.ConnectionError) else words[:150]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
