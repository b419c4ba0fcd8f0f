"""The two ways of using a page: with a pointer, or with the keyboard alone, in the order of the page."""

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 120
"""How often Tab may have to be pressed to come to something: the longest page has fewer stops."""


class Pointer:
    """Clicks, and types into what was clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, button: Locator) -> None:
        button.click()

    def follow(self, link: Locator) -> None:
        link.click()

    def fill(self, field: Locator, text: str) -> None:
        field.fill(text)

    def choose(self, radio: Locator) -> None:
        radio.check()

    def tick(self, box: Locator) -> None:
        """Ticks it, or takes the tick off."""
        box.click()

    def select(self, drop_down: Locator, label: str) -> None:
        drop_down.select_option(label=label)


class Keyboard(Pointer):
    """Tab, arrows, Space, Enter and letters; whatever Tab doesn't come to is out of reach."""

    def press(self, button: Locator) -> None:
        self._reach(button)
        self.page.keyboard.press("Enter")

    def follow(self, link: Locator) -> None:
        self._reach(link)
        self.page.keyboard.press("Enter")

    def fill(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def choose(self, radio: Locator) -> None:
        """Tab comes to a group of radio buttons once; arrows move within it."""
        group = self.page.locator(f'input[type=radio][name="{radio.get_attribute("name")}"]')
        self._reach(group)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        expect(radio).to_be_checked()

    def tick(self, box: Locator) -> None:
        self._reach(box)
        self.page.keyboard.press("Space")

    def select(self, drop_down: Locator, label: str) -> None:
        self._reach(drop_down)
        self.page.keyboard.type(label)
        expect(drop_down.locator("option:checked")).to_have_text(label)

    def _reach(self, wanted: Locator) -> None:
        """Presses Tab until one of these has the focus."""
        expect(wanted.first).to_be_visible()
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate_all("found => found.includes(document.activeElement)"):
                return
        raise AssertionError(f"Tab never came to {wanted}")
