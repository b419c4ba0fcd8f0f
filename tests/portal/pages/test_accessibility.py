"""Every page in a real Chromium: axe against WCAG 2.2 AA, no complaints, no sideways scrolling."""

from http import HTTPStatus
from pathlib import Path

import pytest

import portal
from directory.vocabulary import Person, Role
from tests.portal.pages.every_page import (
    ADMINISTRATOR,
    ANYBODY,
    COMMISSIONER,
    DESK,
    ELSEWHERE,
    NO_PAGES,
    PUBLIC,
)
from tests.support.builders.world import CLOSED, MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.axe import found_by_axe
from tests.support.pages.faults import FAULTS, raising
from tests.support.pages.look import TABLET, Look

pytestmark = pytest.mark.browser
ERRORS = Path(portal.__file__).parent / "pages" / "errors"
BROKEN_WORDS = """() => {
  const broken = [];
  const texts = document.createTreeWalker(document.querySelector("table"), NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    for (const word of text.data.matchAll(/[\\p{L}\\d]+/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (range.getClientRects().length > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""
TWO_ROLES = "two-roles@nhs.net"


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


@pytest.mark.parametrize("path", ADMINISTRATOR)
def test_pages_of_an_administrator(look: Look, path: str) -> None:
    person = look.world.person("administrator@nhs.net", (SUB_ICB, Role.ORGANISATION_ADMINISTRATOR))
    look.at(path, person, look.world.holding(SUB_ICB, Role.ORGANISATION_ADMINISTRATOR))


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


@pytest.fixture(scope="module")
def faulty(database: str) -> World:
    world = raising(database)
    world.person(TWO_ROLES, (SINGLE, Role.PROVIDER_USER), (MULTI, Role.PROVIDER_FINANCE))
    return world


@pytest.mark.parametrize("name", FAULTS)
def test_error_pages(look: Look, faulty: World, name: str) -> None:
    """By name of their templates, as somebody with two roles sees them."""
    person = faulty.directory.person_by_email(TWO_ROLES)
    assert person
    visitor = faulty.browser(person, faulty.holding(SINGLE, Role.PROVIDER_USER)).open(f"/raises/{name}")
    assert visitor.status >= HTTPStatus.BAD_REQUEST
    look.at_answer(visitor)


def test_every_error_page_is_looked_at() -> None:
    """One without a fault above that leads to it fails here."""
    assert {file.stem for file in ERRORS.glob("*.jinja")} == set(FAULTS)


def test_every_page_is_looked_at(world: World) -> None:
    """Each route that answers a link is opened by a test, here or in test_accessibility_of_forms.py."""
    addresses = world.app.url_map.bind("localhost")
    known = [path for path in (*PUBLIC, *ANYBODY, *COMMISSIONER, *ADMINISTRATOR, *DESK) if path != "/nowhere"]
    opened = {addresses.match(path.partition("?")[0], method="GET")[0] for path in known}
    rules = [rule for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert opened | ELSEWHERE | NO_PAGES == {rule.endpoint for rule in rules} - {"static"}


def test_axe_would_find_it(look: Look) -> None:
    """A picture that nobody described, put into a page of ours."""
    page = look.open("/help")
    page.evaluate("document.querySelector('main').append(new Image())")
    assert [line.partition(":")[0] for line in found_by_axe(page)] == ["image-alt"]


@pytest.mark.parametrize("path", ["/users", "/providers", "/requests", "/service-desk/audit"])
def test_tables_fit_a_tablet(look: Look, busy: Person, path: str) -> None:
    """Just wider than where a row becomes a list of its own."""
    look.fits(path, busy, look.world.holding("", Role.SERVICE_DESK), TABLET)


def test_the_audit_breaks_no_word(look: Look, busy: Person) -> None:
    """On a desk's screen each word of a table is in one line, but for addresses, which have no spaces."""
    desk = look.world.holding("", Role.SERVICE_DESK)
    asked = look.world.open_request("audited@nhs.net")
    approver = look.world.browser(busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    approver.open(f"/requests/{asked}").send("Continue", decision="approve").send("Confirm")
    page = look.open("/service-desk/audit", busy, desk)
    page.get_by_text(f"Commissioner Approver, {SUB_ICB}").first.wait_for()
    assert page.evaluate(BROKEN_WORDS) == []


def test_suggestions_by_keyboard(look: Look) -> None:
    """REG-1: typed, moved with the arrows, chosen with Enter; read out by the list's state."""
    page = look.open("/register")
    page.get_by_label("What is your email address?").fill("keyboard@nhs.net")
    page.keyboard.press("Enter")
    box = page.get_by_role("combobox")
    box.fill("fair isle")  # all at once, so that no later answer takes the mark away
    page.get_by_role("option", name="Fair Isle Surgery").wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert found_by_axe(page) == []
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "q-suggestions-0"
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    box.fill("fair isle s")
    page.get_by_role("option", name="Fair Isle Surgery").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your role and name").wait_for()
