"""What every test may use: the servers of the run, the small country, a browser."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import LONGEST_WAIT_MS, launch
from tests.support.builders.world import World, build

pytest_plugins = [
    "tests.support.garbage",
    "tests.support.late_rules",
    "tests.support.patient_check",
    "tests.support.schedule",
    "tests.support.servers.shared",
    "tests.support.untold",
]

# How long an example takes says nothing on a busy machine: nothing here is to fail by it.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
# What a page is to show, it may take as long to show as everything else in a browser.
expect.set_options(timeout=LONGEST_WAIT_MS)


@pytest.fixture
def world(database: str) -> World:
    """The small country, fresh for each test, in this module's database."""
    return build(database)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for each module: Playwright can't run twice in a thread, nor beside another event loop."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
