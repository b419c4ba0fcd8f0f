"""A whole stack for the journeys, started once a session."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from stack.state import clean_state
from tests.browser.mailbox import Mailbox
from tests.browser.running import Run, environment
from tests.browser.stack_facts import StackFacts
from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]


def _facts(tmp_path_factory: pytest.TempPathFactory, stack: ExitStack) -> dict[str, Any]:
    """Those of the stack that CQRS_TEST_RUN names, or of one started here, and its folder."""
    running = os.environ.get("CQRS_TEST_RUN")
    if running:
        found: dict[str, Any] = json.loads(Path(running).read_text())
        return found | {"state": str(Path(running).parent)}
    run = Run(state := tmp_path_factory.mktemp("stack"), environment(state, CQRS_SECOND_FACTOR="demanded"))
    stack.callback(clean_state, state)
    stack.callback(run.stop)
    return run.start().facts | {"state": str(state)}


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackFacts]:
    """The whole service with its sample people, as `make run` starts it, a second factor demanded."""
    with ExitStack() as closing:
        made = StackFacts(_facts(tmp_path_factory, closing))
        yield made
        if running := os.environ.get("CQRS_TEST_RUN"):
            _keep_apps(made, Path(running))


def _keep_apps(stack: StackFacts, running: Path) -> None:
    """Whoever walks through the same stack next has the authenticator apps that were set up."""
    kept = {"apps": {email: app.secret for email, app in stack.apps.items()}}
    running.write_text(json.dumps(json.loads(running.read_text()) | kept))


@pytest.fixture(scope="session")
def shots() -> Path | None:
    """The folder that CQRS_SHOTS names, for pictures of every page; else there are none but of failures."""
    if not (chosen := os.environ.get("CQRS_SHOTS")):
        return None
    folder = Path(chosen)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def judged() -> set[tuple[bool, str]]:
    """The pages that axe has seen in this run."""
    return set()


@pytest.fixture
def visit(
    request: pytest.FixtureRequest,
    chromium: Browser,
    stack: StackFacts,
    shots: Path | None,
    judged: set[tuple[bool, str]],
) -> Iterator[Visit]:
    """visit("the newcomer", script=False, phone=True) is a new visitor; all leave at the test's end."""
    visitors: list[Visitor] = []
    failed = request.session.testsfailed
    with ExitStack() as leaving:

        def arrive(name: str, *, script: bool = True, phone: bool = False) -> Visitor:
            where = {"portal": stack.portal, "script": script, "phone": phone}
            visitors.append(Visitor(chromium, shots, name, stack.apps, judged, **where))
            return leaving.enter_context(visitors[-1])

        yield arrive
        if request.session.testsfailed > failed:
            for visitor in visitors:
                visitor.tell()
            print(stack.last_lines("worker"))


@pytest.fixture(scope="package")
def mailbox(stack: StackFacts) -> Mailbox:
    return Mailbox(stack.mail_page)
