"""Section 8 in a browser: at a desk, without scripts, by keyboard alone at 320 pixels."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from directory.vocabulary import Person, Role
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.model import AccessRequest, RequestState
from portal.rules.actor import ActingAs
from tests.portal.journeys.conftest import Arrive, Site
from tests.portal.journeys.guest import Guest
from tests.support.builders.world import HERE, SINGLE

pytestmark = pytest.mark.browser
USER, FINANCE = Role.PROVIDER_USER, Role.PROVIDER_FINANCE


@pytest.fixture
def una(site: Site) -> Person:
    """A clerk at Fair Isle Surgery."""
    return site.world.person(f"una.{uuid4()}@journeys.example", (SINGLE, USER), first="Una", last="Clerk")


@pytest.fixture
def guest(site: Site, una: Person, arrive: Arrive) -> Guest:
    """Una, at My profile."""
    return arrive(una, site.world.holding(SINGLE, USER)).open("/profile").at("My profile")


def requests_of(site: Site, person: Person) -> list[AccessRequest]:
    with site.world.sessions() as session:
        return list(session.scalars(select(AccessRequest).where(AccessRequest.person_id == person.id)))


def test_the_tiles(guest: Guest) -> None:
    """PRO-1."""
    guest.says(
        "User details", "Available roles", "Request access", "Notification settings", "Disable account"
    )
    guest.says_not("System date change")


def test_user_details(site: Site, una: Person, guest: Guest) -> None:
    """PRO-2: names, user name, address; the name can be edited, and a wrong one is explained."""
    guest.follow("User details").at("User details").says(una.email, "Una", "Clerk")
    guest.says("Change email address", "Change password")
    guest.press("Edit name").at("Change your name")
    guest.fill("First name", "Una 2").press("Save").at("Change your name").says("There is a problem")
    guest.fill("First name", "Oona").press("Save").at("User details").says("Your name was changed.", "Oona")
    assert site.world.services.reader.person(una.id).name == "Oona Clerk"


def test_available_roles(site: Site, una: Person, guest: Guest) -> None:
    """PRO-3: the active role, who gave one and when, what waits; a pending one is withdrawn."""
    services, world = site.world.services, site.world
    desk = world.person(f"shona.{uuid4()}@desk.example", ("", Role.SERVICE_DESK), first="Shona", last="Desk")
    given = ask(services, una.id, AskedRole(SINGLE, FINANCE, "I do the books too"), HERE)
    acting_as = ActingAs(desk.id, world.holding("", Role.SERVICE_DESK))
    decide(services, acting_as, given, Decision.APPROVE, "", HERE)
    ask(services, una.id, AskedRole("P003", FINANCE, "I do the books there too"), HERE)
    guest.follow("Available roles").at("Available roles").says("Active role", "Fair Isle Surgery (P001)")
    guest.says("Given by Shona Desk on 5 January 2026", "Viking Practice (P003)", "Pending")
    guest.press("Withdraw the request for Provider Finance at Viking Practice")
    guest.at("Available roles").says("Your request was withdrawn.", "Earlier requests", "Withdrawn")
    states = {one.state for one in requests_of(site, una)}
    assert states == {RequestState.APPROVED, RequestState.WITHDRAWN}


def test_request_access(site: Site, una: Person, guest: Guest) -> None:
    """PRO-4: organisation, role and reason, check with a way back, sent; and a notification of it."""
    guest.follow("Request access").at("Find the organisation")
    guest.fill("ODS code, name or postcode", "P003").press("Search")
    guest.choose("Viking Practice").press("Continue").at("Your role and reason")
    guest.choose("Provider Finance").press("Continue").at("Your role and reason").says("Enter a reason")
    guest.fill("Why do you need it?", "I do the books there too").press("Continue")
    guest.at("Check your request").says("Viking Practice (P003)", "Provider Finance", "I do the books")
    guest.press("Change").at("Your role and reason").press("Continue").at("Check your request")
    guest.press("Send").says("submitted")
    assert [(one.organisation_code, one.role) for one in requests_of(site, una)] == [("P003", FINANCE)]
    guest.open("/notifications").at("Notifications").says("Request submitted")


def test_notification_settings(site: Site, una: Person, guest: Guest) -> None:
    """PRO-5: what always comes is said; the choice is kept."""
    guest.follow("Notification settings").at("Notification settings").says("always come")
    guest.tick("Please send me email notifications").press("Save").at("Notification settings")
    assert not site.world.services.reader.person(una.id).wants_email


def test_disable_account(site: Site, una: Person, guest: Guest) -> None:
    """PRO-6: Disable, Confirm disable, signed out with who can undo it."""
    guest.follow("Disable account").at("Disable account")
    guest.press("Disable").at("Confirm that you disable your account").says("Fair Isle Surgery (P001)")
    guest.press("Confirm disable").at("You are signed out")
    guest.says("You have disabled your account.", "or the service desk, can enable it again")
    assert not site.world.services.reader.person(una.id).enabled
