"""What all screens have in common: being there means that the page has its heading and passes every check."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.visitor import Visitor


class Screen:
    """A page that the visitor is on now. Making one asserts it, photographs it and has axe judge it."""

    heading: str | re.Pattern[str] = ""

    def __init__(self, visitor: Visitor):
        self.visitor, self.page = visitor, visitor.page
        expect(self.page.locator("h1")).to_have_count(1)
        expect(self.page.locator("h1")).to_have_text(self.heading)
        self.page.wait_for_load_state()  # the page's script listens from then on
        visitor.look(self.page.locator("h1").inner_text())

    def press(self, name: str) -> None:
        """Presses the button of this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follows the link of this name."""
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).fill(value)

    def choose(self, label: str) -> None:
        """Ticks the radio button or the box of this label."""
        self.page.get_by_label(label, exact=True).check()

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def header(self) -> Locator:
        return self.page.locator("header").first

    def shows(self, *texts: str) -> None:
        """Asserts that the page's main part says each of these."""
        for text in texts:
            expect(self.main).to_contain_text(text)

    def problem(self, text: str) -> None:
        """Asserts that the summary of problems, and the field itself, say this; and looks at the page."""
        expect(self.page.locator(".nhsuk-error-summary")).to_contain_text(text)
        self.visitor.look(f"problem {text[:40]}")
