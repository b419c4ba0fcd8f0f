"""Somebody with an account asks for one more role."""

from playwright.sync_api import expect

from tests.browser.screens.register import named
from tests.browser.screens.screen import Screen


class FindOrganisation(Screen):
    heading = "Find the organisation"

    def type_and_pick(self, text: str, organisation: str) -> "RoleAndReason":
        """Types, and picks from what is suggested."""
        self.page.get_by_label("ODS code, name or postcode").press_sequentially(text, delay=30)
        option = self.page.get_by_role("option").filter(has_text=named(organisation))
        expect(option).to_have_count(1)
        option.click()
        return RoleAndReason(self.visitor)


class RoleAndReason(Screen):
    heading = "Your role and reason"

    def answer(self, role: str, reason: str) -> "CheckRequest":
        self.choose(role)
        self.page.locator("textarea").fill(reason)
        self.press("Continue")
        return CheckRequest(self.visitor)


class CheckRequest(Screen):
    heading = "Check your request"

    def send(self) -> "AvailableRoles":
        self.press("Send")
        return AvailableRoles(self.visitor)


class AvailableRoles(Screen):
    heading = "Available roles"
