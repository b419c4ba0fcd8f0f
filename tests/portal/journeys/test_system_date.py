"""Moving a test service's date in a browser, in three ways; the date is the whole database's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from directory.vocabulary import Role
from portal.services import now
from portal.store.moved_clock import AheadClock
from tests.portal.journeys.conftest import Arrive, Site
from tests.support.builders.world import SINGLE, build_places
from tests.support.pages.serving import served

pytestmark = pytest.mark.browser
DAYS = "How many days ahead should this service's date be?"


@pytest.fixture(scope="module")
def site(database: str, page_files: Path) -> Iterator[Site]:  # noqa: ARG001
    """A portal with the switch on."""
    fixed = build_places(database, CQRS_SYSTEM_DATE_CHANGE="true")
    world = replace(fixed, services=replace(fixed.services, clock=AheadClock(fixed.sessions, now)))
    world.services.wait.services = world.services
    with served(world.app) as address:
        yield Site(world, address)


def test_moved_and_set_back(site: Site, arrive: Arrive) -> None:
    """PRO-7: the tile, a number of days, the banner on every page, and back to today."""
    una = site.world.person(f"una.{uuid4()}@date.example", (SINGLE, Role.PROVIDER_USER))
    guest = arrive(una, site.world.holding(SINGLE, Role.PROVIDER_USER)).open("/profile").at("My profile")
    today = date_of(guest.page)
    guest.follow("System date change").at("System date change")
    guest.fill(DAYS, "many").press("Save").at("System date change").says("Enter a number of days from 0 to")
    guest.fill(DAYS, "30").press("Save").at("System date change").says("The date was moved.")
    guest.visitor.go_until("/profile", lambda page: date_of(page) != today)
    for path, heading in (("/help", "Help and support"), ("/profile/system-date", "System date change")):
        assert date_of(guest.open(path).at(heading).page) != today
    guest.fill(DAYS, "0").press("Save").at("System date change").says("The date is today's again.")
    day = site.world.app.jinja_env.filters["day"]
    guest.visitor.go_until("/profile", lambda page: date_of(page).endswith(f"is now {day(now())}."))


def date_of(page: Page) -> str:
    """What the banner says; waits until the page has it."""
    return page.locator(".portal-moved-date").inner_text()
