"""Disabling, enabling, unlocking and revoking in a browser, in three ways: from Users, and to its end."""

import pytest

from directory.vocabulary import OrganisationStatus, Person, Role
from tests.portal.journeys.conftest import Arrive, Surroundings
from tests.portal.journeys.guest import Guest

pytestmark = pytest.mark.browser
USER, FINANCE, APPROVER = Role.PROVIDER_USER, Role.PROVIDER_FINANCE, Role.PROVIDER_APPROVER


@pytest.fixture
def una(here: Surroundings) -> Person:
    """A clerk at two practices of the commissioner."""
    world, second = here.site.world, f"T{here.practice}"
    world.directory.place(second, f"Surgery {second}", parent=here.commissioner)
    world.mirror_organisation(second)
    return here.person("Una", "Clerk", (second, FINANCE))


@pytest.fixture
def guest(here: Surroundings, una: Person, arrive: Arrive) -> Guest:  # noqa: ARG001
    """The approver of Una's commissioner, at Users."""
    return arrive(here.approver, here.acting_as).open("/users").at("Users")


def view(here: Surroundings, guest: Guest) -> Guest:
    return guest.follow(f"View Una Clerk at {here.practice_name}").at("Una Clerk")


def test_disable(here: Surroundings, una: Person, guest: Guest) -> None:
    """USR-3: a reason is needed; every organisation is named; back without harm; done, and signed out."""
    view(here, guest).follow("Disable").at("Disable an account")
    guest.press("Continue").at("Disable an account").says("Select why you disable this account")
    guest.choose("Other").press("Continue").at("Disable an account").says("Enter a reason")
    guest.fill("Reason, if Other", "Away for a year").press("Continue")
    guest.at("Confirm that you disable this account").says("Away for a year")
    guest.says(f"Provider User at {here.practice_name}", f"Provider Finance at Surgery T{here.practice}")
    guest.follow("Cancel").at("Una Clerk").follow("Disable").at("Disable an account")
    guest.choose("Left organisation").press("Continue").at("Confirm that you disable this account")
    guest.press("Disable account").at("Una Clerk").says("is disabled. Their sessions have ended.", "Disabled")
    assert not here.site.world.services.reader.person(una.id).enabled
    assert una.id in here.site.world.directory.signed_out


def test_enable(here: Surroundings, una: Person, guest: Guest) -> None:
    """USR-4: what comes back is named, and what does not because its organisation has closed."""
    world, second = here.site.world, f"T{here.practice}"
    world.directory.change(second, status=OrganisationStatus.CLOSED)
    world.directory.disable(una.id)
    world.mirror_organisation(second)
    world.mirror(una.id)
    guest.select("Status", "Disabled").press("Search").at("Users")
    view(here, guest).follow("Enable").at("Confirm that you enable this account")
    guest.says("They will again be:", here.practice_name, "do not come back", f"Surgery {second}")
    guest.press("Enable account").at("Una Clerk").says("The account of Una Clerk is enabled.", "Active")
    standing = world.services.reader.standing(una.id)
    assert standing.person.enabled
    assert {one.organisation for one in standing.holdings} == {here.practice}


def test_unlock(here: Surroundings, una: Person, guest: Guest) -> None:
    """USR-5: Locked is seen in the list, and ended from there."""
    here.site.world.directory.lock(una.id)
    here.site.world.mirror(una.id)
    guest.select("Status", "Locked").press("Search").at("Users").says("Showing 1 to 2 of 2 entries")
    guest.follow("Unlock Una Clerk").at("Confirm that you unlock this account").says(una.email)
    guest.press("Unlock").at("Users").says("Una Clerk is no longer locked and can sign in.")
    assert not here.site.world.services.reader.standing(una.id).locked


def test_revoke(here: Surroundings, una: Person, guest: Guest, arrive: Arrive) -> None:
    """USR-6: every role is named and goes; the person still signs in, to My profile, and can ask."""
    view(here, guest).follow("Revoke every role").at("Confirm that you revoke every role")
    guest.says(f"Provider User at {here.practice_name}", f"Provider Finance at Surgery T{here.practice}")
    guest.press("Revoke").at("Users").says("Una Clerk has no role any more. Their sessions have ended.")
    assert not here.site.world.services.reader.standing(una.id).holdings
    signed_in = arrive(una).open("/").at("My profile").says("You have no role at present.")
    signed_in.follow("Request access").at("Find the organisation")


def test_who_decides_from_then_on(here: Surroundings, guest: Guest, arrive: Arrive) -> None:
    """USR-3, USR-6: the last approver of a commissioner goes only after a warning of who decides then."""
    above = here.site.world.person(
        f"iris@{here.practice}.example".lower(),
        ("QA1", Role.COMMISSIONER_APPROVER),
        first="Iris",
        last="Above",
    )
    iris = arrive(above, here.site.world.holding("QA1", Role.COMMISSIONER_APPROVER))
    iris.open(f"/users/{here.approver.id}").at("Carol Over").follow("Revoke every role")
    iris.at("Confirm that you revoke every role").says(
        "Carol Over is the last active Commissioner Approver", "Commissioner Approvers of ICB A (QA1) decide"
    )
    iris.open(f"/users/{here.approver.id}/disable").at("Disable an account").choose("Left organisation")
    iris.press("Continue").at("Confirm that you disable this account").says("Nobody else approves at")
    guest.open("/users").at("Users")
