"""Somebody at a browser, who uses pages as people do and notices what no page may do."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.visitor import Visitor
from tests.support.pages.hands import Keyboard, Pointer

KEYBOARD = "keyboard at 320 px"
WAYS = {
    "desk": {},
    "without script": {"script": False},
    KEYBOARD: {"phone": True},
}
"""At a desk; with scripts off; with no pointer, as narrow as a desk is when enlarged four times."""
LOOKED_AT = frozenset({"desk", KEYBOARD})
"""Where each page is judged by axe and for its width: without script it is the same page as at a desk."""


class Guest:
    """Whoever `visitor` is, in one of the WAYS."""

    def __init__(self, visitor: Visitor, way: str) -> None:
        self.visitor, self.page, self.way = visitor, visitor.page, way
        self._hand = Keyboard(self.page) if way == KEYBOARD else Pointer(self.page)

    def open(self, path: str) -> "Guest":
        self.visitor.go(path)
        return self

    def at(self, heading: str) -> "Guest":
        expect(self.page.locator("h1")).to_have_text(heading)
        self.page.wait_for_load_state()
        if self.way in LOOKED_AT:
            self.visitor.look(heading)
        return self

    def says(self, *texts: str) -> "Guest":
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
        return self

    def says_not(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).not_to_contain_text(text)

    def lists(self, *texts: str) -> "Guest":
        """One row of the page's table for each of these, in this order, and no more."""
        rows = self.page.locator("main tbody tr")
        expect(rows).to_have_count(len(texts))
        expect(rows).to_contain_text(list(texts))
        return self

    def press(self, name: str) -> "Guest":
        self._hand.press(self._named("button", name))
        return self

    def follow(self, name: str) -> "Guest":
        """The link of that whole name, what only a screen reader says of it included."""
        self._hand.follow(self._named("link", name))
        return self

    def download(self, name: str) -> list[str]:
        """The lines of the file behind a link."""
        with self.page.expect_download() as coming:
            self.follow(name)
        return coming.value.path().read_text(encoding="utf-8-sig").splitlines()

    def fill(self, label: str, text: str) -> "Guest":
        self._hand.fill(self.page.get_by_label(label, exact=True), text)
        return self

    def holds(self, label: str, text: str) -> "Guest":
        """Asserts what a field is filled with."""
        expect(self.page.get_by_label(label, exact=True)).to_have_value(text)
        return self

    def choose(self, label: str) -> "Guest":
        """The radio button whose label begins so."""
        self._hand.choose(self._radio(label))
        return self

    def has_chosen(self, label: str) -> "Guest":
        expect(self._radio(label)).to_be_checked()
        return self

    def tick(self, label: str) -> "Guest":
        self._hand.tick(self.page.get_by_label(label, exact=True))
        return self

    def select(self, label: str, option: str) -> "Guest":
        self._hand.select(self.page.get_by_label(label, exact=True), option)
        return self

    def _radio(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}"))

    def _named(self, role: str, name: str) -> Locator:
        """In the page's main part: the menu has links of the same names."""
        return self.page.locator("main, .nhsuk-back-link").get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
