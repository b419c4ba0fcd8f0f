"""A message as the mail catcher's own page shows it."""

import re

from playwright.sync_api import expect

from tests.browser.mailbox import Letter
from tests.browser.screens.screen import Screen
from tests.browser.visitor import Visitor


class MailPage(Screen):
    """Opens a letter's page, where its links are listed."""

    def __init__(self, visitor: Visitor, letter: Letter):
        visitor.go(letter.page)
        self.heading = re.compile(re.escape(letter.subject))
        super().__init__(visitor)

    def follow_link(self, containing: str) -> None:
        """Clicks the first link whose address contains this."""
        link = self.page.locator(f"main a[href*='{containing}']").first
        expect(link).to_be_visible()
        link.click()
