"""PRO-7 in a browser, where the switch is on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portal.services import now
from portal.store.moved_clock import AheadClock
from tests.portal.journeys.conftest import Arrive, Site
from tests.support.builders.world import World, build_places
from tests.support.pages.serving import free_port, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(database: str, page_files: Path) -> Iterator[Site]:  # noqa: ARG001
    """By the clock on the wall, which can be moved."""
    made = build_places(database, CQRS_SYSTEM_DATE_CHANGE="true")
    clock = AheadClock(made.sessions, now)
    world = World(replace(made.services, clock=clock), made.directory, made.post, made.clock, {})
    with served(world.app, free_port()) as address:
        yield Site(world, address)


def test_system_date_change(site: Site, arrive: Arrive) -> None:
    """PRO-7: moved, and back; every page says so meanwhile, and who is signed in stays so."""
    person = site.world.person("una@date.example", first="Una", last="Clerk")
    guest = arrive(person).open("/profile").at("My profile").follow("System date change")
    days = "How many days ahead should this service's date be?"
    guest.at("System date change").fill(days, "often").press("Save").says("There is a problem")
    guest.fill(days, "40").press("Save").at("System date change").says("The date was moved.")
    assert site.world.services.clock() - now() > timedelta(days=39)
    moved = (now() + timedelta(days=40)).strftime("%B %Y")
    for path in ("/profile", "/help"):
        assert moved in guest.open(path).page.locator("body").inner_text()
    guest.open("/profile/system-date").fill(days, "0").press("Save").says("The date is today's again.")
    assert site.world.services.clock() - now() < timedelta(days=1)
