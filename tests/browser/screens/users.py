"""The users whom the active role stands over, and the removal of one role of one of them."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.screens.screen import Screen


def lists(email: str) -> Callable[[Page], int]:
    """Whether a page has the person with this e-mail address among its rows."""
    return lambda page: page.get_by_role("row").filter(has_text=email).count()


class UsersPage(Screen):
    heading = "Users"

    def rows(self, email: str) -> Locator:
        """The rows of the person with this e-mail address."""
        return self.main.get_by_role("row").filter(has_text=email)

    def remove_role(self, email: str) -> "ConfirmRemoval":
        """Follows the link in the row of a person with one role there."""
        self.rows(email).get_by_role("link", name="Remove a role").click()
        return ConfirmRemoval(self.visitor)

    def says(self, text: str) -> None:
        """Asserts the message at the top."""
        expect(self.page.locator(".nhsuk-notification-banner")).to_contain_text(text)


class ConfirmRemoval(Screen):
    heading = "Confirm that you remove this role"

    def confirm(self) -> UsersPage:
        self.press("Remove role")
        return UsersPage(self.visitor)
