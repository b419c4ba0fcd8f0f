"""What administrators of a commissioning organisation find at Home, and what they can't do there."""

from uuid import uuid4

import pytest

from directory.vocabulary import Role
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

ADMINISTRATORS = (Role.ORGANISATION_ADMINISTRATOR, Role.USER_ADMINISTRATOR, Role.ADVANCED_USER_ADMINISTRATOR)


def administrator(world: World, role: Role, code: str = SUB_ICB) -> Browser:
    return world.browser(world.person(f"{uuid4()}@nhs.net", (code, role)), world.holding(code, role))


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_home_leads_to_their_organisation_its_providers_and_its_users(world: World, role: Role) -> None:
    """CLU-1, ROL-2: over their organisation and no other, read only."""
    una = world.person(f"{uuid4()}@nhs.net", (SINGLE, Role.PROVIDER_USER), first="Una", last="Seen")
    world.person(f"{uuid4()}@nhs.net", ("P003", Role.PROVIDER_USER), first="Una", last="Elsewhere")
    browser = administrator(world, role).open("/home").follow("Administrative tasks")
    assert browser.heading == "Manage organisations and users"
    browser.follow("Organisation")
    assert browser.heading == "Place A"
    browser.open("/administration").follow("Providers")
    assert "Fair Isle Surgery" in browser.said
    assert "Viking Practice" not in browser.said
    for of_links in ("Get links", "Choose"):
        assert of_links not in browser.text
    browser.follow("View Fair Isle Surgery")
    assert una.email in browser.said
    for act in ("Remove role", "Approval level Continue", "Link to register"):
        assert act not in browser.said
    browser.open("/users?q=una")
    assert "Seen" in browser.said
    assert "Elsewhere" not in browser.said
    for act in ("Remove a role", 'href="/users/invite"', "Help to sign in"):
        assert act not in browser.text


@pytest.mark.parametrize("role", ADMINISTRATORS)
@pytest.mark.parametrize(
    "path", ["/providers/links", f"/providers/{MULTI}/level", "/users/invite", "/requests"]
)
def test_what_they_may_not(world: World, role: Role, path: str) -> None:
    assert administrator(world, role).open(path).status == 403


def test_an_administrators_role_at_a_provider_reaches_nobody(world: World) -> None:
    """ROL-1: made in Keycloak's console only; the page says why."""
    browser = administrator(world, Role.USER_ADMINISTRATOR, SINGLE)
    for path in ("/administration", "/administration/organisation", "/users"):
        assert "Your role does not reach this organisation." in browser.open(path).said
