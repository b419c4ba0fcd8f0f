"""The users whom the active role stands over, and the removal of one role of one of them."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.screens.screen import Screen


def lists(text: str) -> Callable[[Page], int]:
    """Whether a page has a row with this, such as a person's e-mail address."""
    return lambda page: page.get_by_role("row").filter(has_text=text).count()


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

    def help_to_sign_in(self, email: str) -> "SignInHelp":
        """Follows the link in the row of a person who isn't locked."""
        self.rows(email).get_by_role("link", name="Help to sign in").click()
        return SignInHelp(self.visitor)

    def unlock(self, email: str) -> "ConfirmUnlock":
        """Follows the link in the row of a person who is locked."""
        self.rows(email).get_by_role("link", name="Unlock").click()
        return ConfirmUnlock(self.visitor)


class SignInHelp(Screen):
    heading = "Help to sign in"

    def remove_factor(self) -> "ConfirmFactorRemoval":
        self.follow("Remove the second factor")
        return ConfirmFactorRemoval(self.visitor)


class ConfirmFactorRemoval(Screen):
    heading = "Confirm that you remove the second factor"

    def confirm(self) -> UsersPage:
        self.press("Remove second factor")
        return UsersPage(self.visitor)


class ConfirmUnlock(Screen):
    heading = "Confirm that you unlock this account"

    def confirm(self) -> UsersPage:
        self.press("Unlock")
        return UsersPage(self.visitor)


class ConfirmRemoval(Screen):
    heading = "Confirm that you remove this role"

    def confirm(self) -> UsersPage:
        self.press("Remove role")
        return UsersPage(self.visitor)


class NotAllowed(Screen):
    heading = "This is not yours to decide"
