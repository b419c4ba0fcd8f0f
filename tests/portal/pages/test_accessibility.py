"""Each kind of page in a real Chromium: axe against WCAG 2.2 AA, no complaints, no sideways scrolling."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

from directory.vocabulary import FactorKind, Holding, Person, Role
from tests.support.builders.world import CLOSED, COOKIE, MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.serving import free_port, served

pytestmark = pytest.mark.browser
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PUBLIC = [
    "/",
    "/help",
    "/cookies",
    "/accessibility",
    "/register",
    "/register/thank-you",
    "/register/new-link",
    "/nowhere",
]
ANYBODY = [
    "/profile",
    "/profile/details",
    "/profile/roles",
    "/profile/activity",
    "/profile/notification-settings",
    "/profile/request-access?q=medical",
    f"/profile/request-access/{SINGLE}",
    "/notifications",
    "/role",
]
COMMISSIONER = [
    "/home",
    "/requests",
    "/users",
    "/providers",
    f"/providers/{MULTI}",
    f"/providers/{MULTI}/level",
    f"/providers/links?chosen={SINGLE}&chosen={MULTI}",
    "/service-desk",
]
DESK = [
    "/service-desk",
    "/service-desk/emails",
    "/service-desk/waiting",
    "/service-desk/people-with-no-open-organisation",
    "/service-desk/audit",
    "/service-desk/audit?since=x",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


@dataclass
class Look:
    """A browser at the portal, in which pages are looked at."""

    world: World
    browser: Browser
    portal: str

    def at(self, path: str, person: Person | None = None, acting_as: Holding | None = None) -> None:
        """Asserts that the page is fit to use, on a desk and on a phone."""
        for size in (DESKTOP, PHONE):
            with self.browser.new_context(viewport=size) as context:
                self._sign_in(context, person, acting_as)
                self._check(context, path)

    def _sign_in(self, context: BrowserContext, person: Person | None, acting_as: Holding | None) -> None:
        if person:
            cookie = self.world.browser(person, acting_as).client.get_cookie(COOKIE, "localhost")
            assert cookie
            context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": self.portal}])

    def _check(self, context: BrowserContext, path: str) -> None:
        page, complaints = context.new_page(), []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(self.portal + path)
        page.wait_for_load_state("networkidle")
        assert [one for one in complaints if "Failed to load resource" not in one] == [], path
        found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path


@pytest.fixture(scope="module")
def look(world: World, chromium: Browser, page_files: Path) -> Iterator[Look]:  # noqa: ARG001
    """Chromium at a portal that is served on a port, with its style sheets."""
    with served(world.app, free_port()) as portal:
        yield Look(world, chromium, portal)


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


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(look: Look, path: str) -> None:
    look.at(path)


@pytest.mark.parametrize("path", ANYBODY)
def test_pages_of_ones_own(look: Look, busy: Person, path: str) -> None:
    look.at(path, busy, look.world.holding(SINGLE, Role.PROVIDER_USER))


@pytest.mark.parametrize("path", COMMISSIONER)
def test_pages_of_a_commissioner(look: Look, busy: Person, path: str) -> None:
    look.at(path, busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))


@pytest.mark.parametrize("path", DESK)
def test_pages_of_the_service_desk(look: Look, busy: Person, path: str) -> None:
    look.at(path, busy, look.world.holding("", Role.SERVICE_DESK))


@pytest.mark.parametrize("path", ["/home", "/users", "/requests"])
def test_pages_of_a_role_that_reaches_nobody(look: Look, path: str) -> None:
    """Where it is said why."""
    person = look.world.person("left.over@nhs.net", (SINGLE, Role.PROVIDER_APPROVER))
    look.at(path, person, look.world.holding(SINGLE, Role.PROVIDER_APPROVER))


@pytest.mark.parametrize("path", ["/home", "/users", "/role", "/profile/roles"])
def test_pages_at_a_closed_organisation(look: Look, path: str) -> None:
    """Where it is said that it has closed."""
    held = ((CLOSED, Role.PROVIDER_APPROVER), (SINGLE, Role.PROVIDER_USER))
    person = look.world.person("closed.place@nhs.net", *held)
    look.world.directory.change(CLOSED, status="closed")
    look.world.mirror_organisation(CLOSED)
    look.at(path, person, look.world.holding(CLOSED, Role.PROVIDER_APPROVER))


@pytest.mark.parametrize("email", ["reception@nhs.net", "plain@nhs.net"])
def test_a_request_to_decide(look: Look, busy: Person, email: str) -> None:
    """With a warning and without."""
    asked = look.world.open_request(email, role=Role.PROVIDER_FINANCE)
    look.at(f"/requests/{asked}", busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))


def test_removing_a_role(look: Look, busy: Person) -> None:
    """The choice of one of several, and the confirmation with its warning."""
    both = ((SINGLE, Role.PROVIDER_USER), (SINGLE, Role.PROVIDER_FINANCE))
    una = look.world.person("two-roles@a-rather-long-domain-name.nhs.uk", *both)
    pat = look.world.directory.person_by_email("pa@nhs.net")
    assert pat
    acting_as = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    look.at(f"/users/{una.id}/roles/{SINGLE}/remove", busy, acting_as)
    look.at(f"/users/{pat.id}/roles/{MULTI}/remove/provider-approver", busy, acting_as)


def test_helping_somebody_to_sign_in(look: Look, busy: Person) -> None:
    """With a lock and two second factors: what there is, and both confirmations."""
    una = look.world.person("cannot.sign.in@a-rather-long-domain-name.nhs.uk", (SINGLE, Role.PROVIDER_USER))
    for kind in (FactorKind.AUTHENTICATOR_APP, FactorKind.PASSKEY):
        look.world.directory.add_second_factor(una.id, kind)
    look.world.directory.lock(una.id)
    look.world.mirror(una.id)
    acting_as = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    for path in ("sign-in", "unlock", "second-factors/remove"):
        look.at(f"/users/{una.id}/{path}", busy, acting_as)


def test_suggestions_by_keyboard(look: Look) -> None:
    """REG-1: typed, moved with the arrows, chosen with Enter; read out by the list's state."""
    with look.browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        page.goto(f"{look.portal}/register")
        page.get_by_label("What is your email address?").fill("keyboard@nhs.net")
        page.keyboard.press("Enter")
        box = page.get_by_role("combobox")
        box.fill("fair isle")  # all at once, so that no later answer takes the mark away
        page.get_by_role("option", name="Fair Isle Surgery").wait_for()
        assert box.get_attribute("aria-expanded") == "true"
        assert Axe().run(page, options={"runOnly": WCAG}).violations_count == 0
        page.keyboard.press("ArrowDown")
        assert box.get_attribute("aria-activedescendant") == "q-suggestions-0"
        page.keyboard.press("Escape")
        assert box.get_attribute("aria-expanded") == "false"
        box.fill("fair isle s")
        page.get_by_role("option", name="Fair Isle Surgery").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Your role and name").wait_for()
