"""A portal for each module, with a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from directory.vocabulary import Person, Role
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World, build_places
from tests.support.pages.look import Look
from tests.support.pages.serving import served


@pytest.fixture(scope="module")
def world(database: str) -> World:
    """The application on a database that only this module uses, and the directory in memory."""
    return build_places(database)


@pytest.fixture(scope="module")
def look(world: World, chromium: Browser, page_files: Path) -> Iterator[Look]:  # noqa: ARG001
    """Chromium at a portal that is served on a port, with its style sheets."""
    with served(world.app) as portal:
        yield Look.through(chromium, world, portal)


@pytest.fixture(scope="module")
def busy(world: World) -> Person:
    """Somebody who commissions, serves everybody and works at a practice, with requests to see."""
    held = ((SUB_ICB, Role.COMMISSIONER_APPROVER), ("", Role.SERVICE_DESK), (SINGLE, Role.PROVIDER_USER))
    person = world.person("busy@nhs.net", *held, first="Bea", last="Busy")
    world.person("pa@nhs.net", (MULTI, Role.PROVIDER_APPROVER), first="Pat", last="Manager")
    for number in range(12):
        world.open_request(
            f"a.rather.long.address.{number}@a-rather-long-domain-name.nhs.uk", reason="Claims"
        )
    world.open_request("reception@nhs.net", first_name="Front")
    world.open_request("busy@nhs.net", MULTI)
    return person
