"""The web processes as `make run` starts them, on a test's own database, with no Keycloak to ask."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.programs import Portal
from tests.support.builders.services import ENVIRONMENT
from tests.support.pages.serving import free_port
from tests.support.waiting import wait_until


@contextmanager
def portal_process(database: str, folder: Path, **settings: str) -> Iterator[Portal]:
    """A portal that answers; its log is in `folder`. `settings` are variables without their CQRS_."""
    port = free_port()
    here = {"CQRS_PORTAL_URL": f"http://localhost:{port}", "CQRS_DATABASE_URL": database}
    asked = {f"CQRS_{name.upper()}": value for name, value in settings.items()}
    portal = Portal(folder, port, {"PATH": os.environ["PATH"]} | ENVIRONMENT | here | asked)
    child = portal.launch()
    try:
        wait_until(portal.healthy, 120, "the portal")
        yield portal
    finally:
        child.stop(30)
