"""The real pages in a real browser, used in four ways; Keycloak is the directory in memory."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from directory.vocabulary import Holding, Person
from tests.browser.visitor import Visitor
from tests.support.builders import rows
from tests.support.builders.world import COOKIE, World, build_places
from tests.support.pages.hands import Keyboard, Pointer
from tests.support.pages.serving import free_port, served

WAYS = {
    "desk": {},
    "without-script": {"script": False},
    "phone": {"phone": True},
    "keyboard": {},
}
"""At a desk; with scripts off; 320 pixels wide; with no pointer."""


@dataclass(frozen=True)
class Site:
    """The portal where it is served."""

    world: World
    address: str


LOOKED_AT = frozenset({"desk", "phone"})
"""Where each page is judged by axe and for its width: in the other ways it is the same page."""


class Guest:
    """Somebody at a browser, who notices what no page may do."""

    def __init__(self, visitor: Visitor, way: str) -> None:
        self.visitor, self.page, self._looks = visitor, visitor.page, way in LOOKED_AT
        self._hand = Keyboard(self.page) if way == "keyboard" else Pointer(self.page)

    def open(self, path: str) -> "Guest":
        self.visitor.go(path)
        return self

    def at(self, heading: str) -> "Guest":
        expect(self.page.locator("h1")).to_have_text(heading)
        self.page.wait_for_load_state()
        if self._looks:
            self.visitor.look(heading)
        return self

    def says(self, *texts: str) -> "Guest":
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
        return self

    def says_not(self, text: str) -> None:
        expect(self.page.locator("main")).not_to_contain_text(text)

    def press(self, name: str) -> "Guest":
        self._hand.press(self._named("button", name))
        return self

    def follow(self, name: str) -> "Guest":
        self._hand.follow(self._named("link", name))
        return self

    def fill(self, label: str, text: str) -> "Guest":
        self._hand.fill(self.page.get_by_label(label, exact=True), text)
        return self

    def choose(self, label: str) -> "Guest":
        """The radio button whose label begins so."""
        self._hand.choose(self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")))
        return self

    def tick(self, label: str) -> "Guest":
        self._hand.tick(self.page.get_by_label(label, exact=True))
        return self

    def select(self, label: str, option: str) -> "Guest":
        self._hand.select(self.page.get_by_label(label, exact=True), option)
        return self

    def _named(self, role: str, name: str) -> Locator:
        """In the page's main part: the menu has links of the same names."""
        return self.page.locator("main, .nhsuk-back-link").get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]


Arrive = Callable[..., Guest]


@pytest.fixture(scope="module")
def site(database: str, page_files: Path) -> Iterator[Site]:  # noqa: ARG001
    world = build_places(database)
    with served(world.app, free_port()) as address:
        yield Site(world, address)


@pytest.fixture(params=list(WAYS))
def arrive(request: pytest.FixtureRequest, chromium: Browser, site: Site, tmp_path: Path) -> Iterator[Arrive]:
    """arrive(person, holding) is somebody signed in; arrive() is a stranger. All leave at the test's end."""
    with ExitStack() as leaving:

        def come(person: Person | None = None, acting_as: Holding | None = None) -> Guest:
            visitor = Visitor(
                chromium, tmp_path, request.node.name, {}, portal=site.address, **WAYS[request.param]
            )
            leaving.enter_context(visitor)
            if person:
                token = rows.signed_in(site.world.services, person, acting_as)
                visitor.page.context.add_cookies([{"name": COOKIE, "value": token, "url": site.address}])
            return Guest(visitor, request.param)

        yield come
