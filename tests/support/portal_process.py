"""The web processes as `make run` starts them, on a test's own database, with no Keycloak to ask."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stack.process import Child
from stack.programs import Portal
from tests.support.builders.services import ENVIRONMENT
from tests.support.pages.serving import free_port
from tests.support.waiting import wait_until


@contextmanager
def portal_process(database: str, folder: Path, **settings: str) -> Iterator[Portal]:
    """A portal that answers; its log is in `folder`. `settings` are variables without their CQRS_."""
    portal, child = _launched(database, folder, settings)
    try:
        wait_until(portal.healthy, 120, "the portal")
        yield portal
    finally:
        child.stop(30)


def _launched(database: str, folder: Path, settings: Mapping[str, str]) -> tuple[Portal, Child]:
    """At a free port; at another where somebody else took that one first."""
    portal = _at(free_port(), database, folder, settings)
    child = portal.launch()
    wait_until(lambda: portal.healthy() or child.popen.poll() is not None, 120, "the portal")
    if child.popen.poll() is None:
        return portal, child
    portal = _at(free_port(), database, folder, settings)
    return portal, portal.launch()


def _at(port: int, database: str, folder: Path, settings: Mapping[str, str]) -> Portal:
    here = {"CQRS_PORTAL_URL": f"http://localhost:{port}", "CQRS_DATABASE_URL": database}
    asked = {f"CQRS_{name.upper()}": value for name, value in settings.items()}
    return Portal(folder, port, {"PATH": os.environ["PATH"]} | ENVIRONMENT | here | asked)
