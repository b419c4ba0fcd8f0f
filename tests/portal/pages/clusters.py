"""How the tests of clusters' pages use them: as an Organisation Administrator of one commissioner."""

from collections.abc import Collection
from uuid import uuid4

from directory.vocabulary import Role
from tests.support.builders.world import SUB_ICB, World
from tests.support.pages.browser import Browser

ADMIN = Role.ORGANISATION_ADMINISTRATOR
HERE = f"/administration/clusters/{SUB_ICB}"


def administrator(world: World) -> Browser:
    person = world.person(f"{uuid4()}@a01.example", (SUB_ICB, ADMIN), first="Oscar")
    return world.browser(person, world.holding(SUB_ICB, ADMIN))


def press(
    browser: Browser, button: str, add: Collection[str] = (), clear: Collection[str] = (), **values: str
) -> Browser:
    """Sends the chooser with the boxes as they are on the page, but for some ticked and some cleared."""
    boxes = [one for one in browser.page.iter("input") if one.get("name") == "chosen"]
    shown = [one.get("value", "") for one in boxes]
    ticked = {one.get("value", "") for one in boxes if "checked" in one.attrib}
    assert {*add, *clear} <= set(shown)
    return browser.send(button, shown=shown, chosen=sorted((ticked | set(add)) - set(clear)), **values)


def create(browser: Browser, name: str, *codes: str) -> Browser:
    """As the first job aid says, to its confirmation."""
    browser.open("/administration/clusters").follow("Add new cluster")
    browser.send("Continue", name=name, description="By the sea")
    return press(browser, "Continue", codes).send("Yes")


def codes_of(world: World, short_name: str) -> set[str]:
    (found,) = [one for one in world.directory.clusters(SUB_ICB) if one.short_name == short_name]
    return set(found.organisations)
