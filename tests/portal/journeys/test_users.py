"""Section 7 (but for User Details) in a browser: a desk, no scripts, 320 pixels, the keyboard alone."""

from uuid import uuid4

import pytest

from directory.vocabulary import ApprovalLevel, Person, Role
from portal.acts.ask import AskedRole, ask
from portal.mirroring.reconcile import reconcile
from tests.portal.journeys.conftest import Arrive, Guest, Site
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB

pytestmark = pytest.mark.browser
USER, COMMISSIONER, APPROVER = Role.PROVIDER_USER, Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER


@pytest.fixture
def kim(site: Site, arrive: Arrive) -> Guest:
    """The commissioner's approver, at Users."""
    person = site.world.person(f"kim.{uuid4()}@icb.example", (SUB_ICB, COMMISSIONER), first="Kim", last="Icb")
    return arrive(person, site.world.holding(SUB_ICB, COMMISSIONER)).open("/users").at("Users")


@pytest.fixture
def una(site: Site) -> Person:
    return clerk(site, "Una")


def clerk(site: Site, first: str, *held: tuple[str, Role]) -> Person:
    """Somebody of P001 and P002, or of what is given, whom no other test knows."""
    held = held or ((SINGLE, USER), (MULTI, USER))
    address = f"{first.lower()}.{uuid4()}@journeys.example"
    return site.world.person(address, *held, first=first, last="Clerk")


def page_of(guest: Guest, person: Person) -> Guest:
    """By a search in the list, and the link View."""
    guest.open("/users").at("Users").fill("Search by name, email address or organisation", person.email)
    guest.press("Search").at("Users")
    guest.follow(f"View {person.first_name} {person.last_name} at Fair Isle Surgery")
    return guest.at(person.name)


def test_the_list(site: Site, kim: Guest) -> None:
    """USR-1: searched, filtered by status, sorted where there is room, in pages of a size, and as a file."""
    mark = uuid4().hex[:8]
    for first in ("Ada", "Bea", "Cat", *"defghijkl"):
        person = site.world.person(f"{first}.{mark}@list.example", (SINGLE, USER), first=first, last="Lister")
        if first == "Bea":
            site.world.directory.disable(person.id)
            site.world.mirror(person.id)
    kim.fill("Search by name, email address or organisation", "Lister").press("Search").at("Users")
    kim.says("Ada", "Bea", "Active", "Disabled").follow("20").at("Users").says("Lister", "12 people")
    heading = kim.page.get_by_role("columnheader").get_by_role("link", name="First name")
    if heading.is_visible():
        kim.follow("First name").at("Users")
        assert kim.page.locator("tbody tr").first.inner_text().count("Ada") == 1
    with kim.page.expect_download() as file:
        kim.follow("Download as a CSV file")
    assert file.value.path().read_text().count("Lister") == 12
    kim.select("Status", "Disabled").press("Search").at("Users").says("Bea")
    kim.says_not("Ada")
    kim.follow("Clear search").at("Users")
    for person in site.world.directory.people():
        if person.last_name == "Lister":
            site.world.directory.delete_person(person.id)
    reconcile(site.world.services)


def test_a_person(site: Site, kim: Guest, una: Person) -> None:
    """USR-2: details, roles with their organisations, outstanding requests, history."""
    ask(site.world.services, una.id, AskedRole(SINGLE, Role.PROVIDER_FINANCE, "The books"), HERE)
    page_of(kim, una).says(una.email, "Fair Isle Surgery (P001)", "Provider User", "Requests", "Waiting")
    kim.says("History", "What you can do")


def test_disabled_and_enabled(site: Site, kim: Guest, una: Person) -> None:
    """USR-3, USR-4: a reason, of Other in words; every organisation is named; and back."""
    page_of(kim, una).follow("Disable").at("Disable an account")
    kim.choose("Other").press("Continue").at("Disable an account").says("Enter a reason")
    kim.fill("Reason, if Other", "Away for a year").press("Continue")
    kim.at("Confirm that you disable this account").says(
        "Fair Isle Surgery (P001)", "Cromarty Medical (P002)"
    )
    kim.press("Disable account").at("Una Clerk").says("is disabled.", "Disabled")
    assert not site.world.services.reader.person(una.id).enabled
    kim.follow("Enable").at("Confirm that you enable this account").says("Fair Isle Surgery (P001)")
    kim.press("Enable account").at("Una Clerk").says("is enabled.", "Active")
    assert site.world.services.reader.person(una.id).enabled


def test_the_last_approver_is_warned_of(site: Site, arrive: Arrive) -> None:
    """USR-3, ROL-5: who decides from then on is said before it is done."""
    code = f"J{uuid4().hex[:5].upper()}"
    site.world.directory.place(code, "Lonely Surgery", parent=SUB_ICB, approval_level=ApprovalLevel.MULTI)
    site.world.mirror_organisation(code)
    only = clerk(site, "Only", (code, APPROVER))
    desk = site.world.person(f"desk.{uuid4()}@desk.example", ("", Role.SERVICE_DESK), first="Dee")
    guest = arrive(desk, site.world.holding("", Role.SERVICE_DESK)).open(f"/users/{only.id}").at("Only Clerk")
    guest.follow("Disable").choose("Left organisation").press("Continue")
    guest.at("Confirm that you disable this account").says("Lonely Surgery", "last active")
    guest.follow("Cancel").at("Only Clerk")
    assert site.world.services.reader.person(only.id).enabled


def test_unlocked(site: Site, kim: Guest, una: Person) -> None:
    """USR-5: from the person's page."""
    site.world.directory.lock(una.id)
    site.world.mirror(una.id)
    page_of(kim, una).says("Locked").follow("Unlock").at("Confirm that you unlock this account")
    kim.press("Unlock").at("Una Clerk").says("Una Clerk is no longer locked and can sign in.", "Active")
    assert not site.world.services.reader.standing(una.id).locked


def test_revoked(site: Site, kim: Guest, una: Person) -> None:
    """USR-6: every role is named and goes; the account stays."""
    page_of(kim, una).follow("Revoke every role").at("Confirm that you revoke every role")
    kim.says("Fair Isle Surgery (P001)", "Cromarty Medical (P002)")
    kim.press("Revoke").at("Users").says("Una Clerk has no role any more.")
    standing = site.world.services.reader.standing(una.id)
    assert (standing.holdings, standing.person.enabled) == (frozenset(), True)


def test_an_account_above_ones_own_says_why(site: Site, kim: Guest) -> None:
    """USR-2, ROL-3: the reason stands where the acts would."""
    above = clerk(site, "Abe", (SINGLE, USER), ("B01", COMMISSIONER))
    page_of(kim, above).says("You cannot change this account.", "a role that you could not grant")
