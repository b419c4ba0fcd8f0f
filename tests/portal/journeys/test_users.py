"""The users list and a person's page in a browser: a desk, no scripts, the keyboard alone at 320 pixels."""

import pytest
from playwright.sync_api import expect

from directory.vocabulary import Role
from portal.acts.ask import AskedRole, ask
from tests.portal.journeys.conftest import Arrive, Surroundings
from tests.portal.journeys.guest import Guest
from tests.support.builders.world import HERE

pytestmark = pytest.mark.browser
SEARCH = "Search by name, email address or organisation"


@pytest.fixture
def guest(here: Surroundings, arrive: Arrive) -> Guest:
    """The approver of a commissioner with one practice, at Home."""
    return arrive(here.approver, here.acting_as).open("/home").at("Home")


def test_search_and_filter(here: Surroundings, guest: Guest) -> None:
    """USR-1: by name, address and organisation, by status; found nothing is said; the filter is lifted."""
    una, rolf = here.person("Una", "Clerk"), here.person("Rolf", "Reader")
    here.site.world.directory.disable(rolf.id)
    here.site.world.mirror(rolf.id)
    here.site.world.open_request(
        f"nora@{here.practice}.example", here.practice, first_name="Nora", last_name="New"
    )
    guest.follow("Users").at("Users").says("Showing 1 to 4 of 4 entries", "4 people")
    guest.lists("Carol", "Una", "Nora", "Rolf")
    guest.fill(SEARCH, "cle").press("Search").at("Users").lists(una.email).holds(SEARCH, "cle")
    guest.fill(SEARCH, rolf.email).press("Search").at("Users").lists("Disabled")
    guest.fill(SEARCH, here.commissioner).press("Search").at("Users").lists("Carol")
    guest.fill(SEARCH, "nobody of that name").press("Search").at("Users").says("No users match")
    guest.follow("Clear search").at("Users")
    guest.select("Status", "Pending Access Request").press("Search").at("Users").lists("Nora")
    guest.select("Status", "Active").press("Search").at("Users").lists("Carol", "Una")


def test_sorted_by_a_column(here: Surroundings, guest: Guest) -> None:
    """USR-1: by any column, the other way at the second time, and the search stays."""
    here.person("Zoe", "Abel"), here.person("Adam", "Zimmer")
    guest.open(f"/users?q={here.practice}").at("Users").lists("Zoe", "Adam")
    guest.follow("First name").at("Users").lists("Adam", "Zoe").holds(SEARCH, here.practice)
    guest.follow("First name").at("Users").lists("Zoe", "Adam")
    expect(guest.page.get_by_role("columnheader", name="First name")).to_have_attribute(
        "aria-sort", "descending"
    )
    for column in ("Email address", "Status", "Organisation name", "Last name"):
        guest.follow(column).at("Users")
    guest.lists("Zoe", "Adam")


def test_pages_of_a_size(here: Surroundings, guest: Guest) -> None:
    """USR-1: the second page and back, and as many on a page as one likes."""
    for letter in "ABCDEFGHIJKL":
        here.person("Pat", f"{letter}page")
    guest.open("/users?sort=last-name").at("Users").says("Showing 1 to 10 of 13 entries", "Apage")
    guest.follow("Next page").at("Users").says("Showing 11 to 13 of 13 entries").lists(
        "Kpage", "Lpage", "Over"
    )
    guest.follow("Previous page").at("Users").says("Showing 1 to 10 of 13 entries")
    guest.follow("20").at("Users").says("Showing 1 to 13 of 13 entries", "Lpage")
    guest.follow("100").at("Users").says("Showing 1 to 13 of 13 entries")


def test_downloaded(here: Surroundings, guest: Guest) -> None:
    """USR-1: the file holds exactly what the filter shows."""
    una = here.person("Una", "Clerk")
    guest.open(f"/users?q={una.email}").at("Users").lists(una.email)
    heading, *rows = guest.download("Download as a CSV file")
    assert heading == "Organisation code,Organisation name,First name,Last name,Email address,Status"
    assert rows == [f"{here.practice},{here.practice_name},Una,Clerk,{una.email},Active"]


def test_one_person(here: Surroundings, guest: Guest) -> None:
    """USR-2: details, the roles that the viewer may see, what waits, what was done; who is out of reach."""
    una = here.person("Una", "Clerk", ("P003", Role.PROVIDER_FINANCE))
    ask(here.site.world.services, una.id, AskedRole(here.practice, Role.PROVIDER_FINANCE, "The books"), HERE)
    guest.follow("Users").at("Users").follow(f"View Una Clerk at {here.practice_name}").at("Una Clerk")
    guest.says(
        una.email, "Active", "Provider User", "Roles at organisations that your role does not stand over"
    )
    guest.says("Waiting", "History", "Request made", "This account holds a role that you could not grant.")
    guest.says_not("Viking Practice")
    guest.follow("View the request for Provider Finance at " + here.practice_name).says("The books")
    guest.open("/users").at("Users").follow(f"View Carol Over at Location {here.commissioner}").at(
        "Carol Over"
    )
    guest.says("You cannot change this account.")
