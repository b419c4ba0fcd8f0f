"""A real browser at the portal, in which pages are judged: axe, no complaints, no sideways scrolling.

One window serves all the pages of a module. A new one costs a processor almost a second; this one is resized,
and loses its cookies, for the next look.
"""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page

from directory.vocabulary import Holding, Person
from tests.support.builders.world import COOKIE, World
from tests.support.pages.axe import found_by_axe
from tests.support.pages.browser import Browser as Visitor

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
TABLET = {"width": 770, "height": 1024}


@dataclass
class Look:
    """Somebody who looks at pages of the portal at this address."""

    world: World
    portal: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def through(cls, browser: Browser, world: World, portal: str) -> "Look":
        look = cls(world, portal, browser.new_page())
        look.page.on("console", look._hear)
        look.page.on("pageerror", lambda error: look.complaints.append(str(error)))
        return look

    def at(self, path: str, person: Person | None = None, acting_as: Holding | None = None) -> None:
        """Asserts that the page is fit to use, on a phone and, when the window becomes wider, on a desk."""
        self.open(path, person, acting_as, PHONE)
        self._check(path)
        self.page.set_viewport_size(DESKTOP)
        self._check(path)

    def fits(self, path: str, person: Person, acting_as: Holding, size: dict[str, int]) -> None:
        """Asserts that a window of this size is wide enough for the page."""
        self.open(path, person, acting_as, size)
        self._fits(path)

    def at_answer(self, visitor: Visitor) -> None:
        """Likewise at the page that a browser without script has arrived at, by a form or by a fault."""
        arrived = f"{self.portal}/arrived"
        self.page.route(arrived, lambda asked: asked.fulfill(
            status=200, content_type="text/html; charset=utf-8", body=visitor.text
        ))  # fmt: skip
        try:
            self.at("/arrived")
        finally:
            self.page.unroute(arrived)

    def open(
        self,
        path: str,
        person: Person | None = None,
        acting_as: Holding | None = None,
        size: dict[str, int] = DESKTOP,
    ) -> Page:
        """The page, as a browser with no other cookie than this person's shows it."""
        self.page.context.clear_cookies()
        if person:
            cookie = self.world.browser(person, acting_as).client.get_cookie(COOKIE, "localhost")
            assert cookie
            self.page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": self.portal}])
        self.page.set_viewport_size(size)
        self.complaints.clear()
        self.page.goto(self.portal + path)
        return self.page

    def _check(self, path: str) -> None:
        assert self.complaints == [], path
        assert found_by_axe(self.page) == [], path
        self._fits(path)

    def _fits(self, path: str) -> None:
        wider = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, path

    def _hear(self, said: ConsoleMessage) -> None:
        """What a page's script says is wrong; that an address answers 404 is for other tests."""
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.complaints.append(said.text)
