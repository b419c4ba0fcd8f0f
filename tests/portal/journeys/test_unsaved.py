"""CLU-3: what was entered and not sent isn't lost without a word, where there is a script to say it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, expect

from directory.vocabulary import Role
from tests.portal.journeys.conftest import Arrive, Surroundings
from tests.portal.journeys.guest import KEYBOARD, Guest
from tests.support.builders import rows
from tests.support.builders.world import COOKIE

pytestmark = pytest.mark.browser
with_a_script = pytest.mark.parametrize("arrive", ["desk", KEYBOARD], indirect=True)


@pytest.fixture
def oscar(here: Surroundings, arrive: Arrive) -> Guest:
    """Organisation and User Administrator of a commissioner that has one cluster, Coast, at its page."""
    world, code = here.site.world, here.commissioner
    made = world.directory.create_cluster(code, code, "Coast", "By the sea", [here.practice])
    role = Role.ORGANISATION_ADMINISTRATOR
    person = world.person(f"oscar@{code}.example".lower(), (code, role), first="Oscar", last="Over")
    guest = arrive(person, world.holding(code, role))
    return guest.open(f"/administration/clusters/{code}/{made.short_name}").at("Coast")


@pytest.fixture
def asked(oscar: Guest) -> Iterator[list[str]]:
    """What the browser has asked, of which type: each time Oscar stays on the page."""
    times: list[str] = []

    def stay(dialog: Dialog) -> None:
        times.append(dialog.type)
        dialog.dismiss()

    oscar.page.on("dialog", stay)
    yield times
    oscar.page.remove_listener("dialog", stay)


def go_back(guest: Guest) -> Guest:
    guest.page.get_by_role("link", name="Back", exact=True).click()
    return guest


@with_a_script
def test_what_was_typed_in_a_cluster(oscar: Guest, asked: list[str]) -> None:
    here = oscar.page.url
    go_back(oscar.fill("Name", "Inland"))
    expect(oscar.page).to_have_url(here)
    oscar.holds("Name", "Inland")
    assert asked == ["beforeunload"]


@with_a_script
def test_what_was_ticked_on_user_details(here: Surroundings, oscar: Guest, asked: list[str]) -> None:
    """By the User Administrator of the same commissioner."""
    world, code = here.site.world, here.commissioner
    uma = world.person(f"uma@{code}.example".lower(), (code, Role.USER_ADMINISTRATOR), first="Uma")
    token = rows.signed_in(world.services, uma, world.holding(code, Role.USER_ADMINISTRATOR))
    oscar.page.context.add_cookies([{"name": COOKIE, "value": token, "url": here.site.address}])
    sam = world.person(f"sam@{code}.example".lower(), (code, Role.COMMISSIONER_USER), first="Sam")
    oscar.open(f"/users/{sam.id}/details").at("User details").tick(Role.COMMISSIONER_FINANCE.label)
    address = oscar.page.url
    go_back(oscar)
    expect(oscar.page).to_have_url(address)
    assert asked == ["beforeunload"]


@with_a_script
def test_where_nothing_was_typed_nothing_is_asked(oscar: Guest, asked: list[str]) -> None:
    go_back(oscar).at("Service provider clusters")
    assert asked == []


@with_a_script
def test_what_the_page_warns_of_the_browser_does_not(oscar: Guest, asked: list[str]) -> None:
    """Staged changes: the way back leads to a page that asks."""
    here = oscar.page.url
    oscar.fill("Name", "Inland").press("Add organisation").at("Select service providers")
    go_back(oscar.open(here).at("Coast")).at("Leave without submitting your changes?")
    assert asked == []
