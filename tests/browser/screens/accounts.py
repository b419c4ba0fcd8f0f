"""One person's page, and the pages that change their account."""

from tests.browser.screens.screen import Screen
from tests.browser.screens.users import UsersPage
from tests.browser.visitor import Visitor


class PersonPage(Screen):
    """The person's name is the heading."""

    def __init__(self, visitor: Visitor, name: str):
        self.heading = name
        super().__init__(visitor)

    def says(self, text: str) -> None:
        """Asserts the message at the top."""
        self.page.locator(".nhsuk-notification-banner").filter(has_text=text).wait_for()

    def disable(self) -> "WhyDisable":
        self.follow("Disable")
        return WhyDisable(self.visitor)

    def enable(self) -> "ConfirmEnable":
        self.follow("Enable")
        return ConfirmEnable(self.visitor)

    def revoke(self) -> "ConfirmRevoke":
        self.follow("Revoke every role")
        return ConfirmRevoke(self.visitor)


class WhyDisable(Screen):
    heading = "Disable an account"

    def answer(self, why: str, text: str = "") -> "ConfirmDisable":
        self.choose(why)
        if text:
            self.fill("Reason, if Other", text)
        self.press("Continue")
        return ConfirmDisable(self.visitor)


class ConfirmDisable(Screen):
    heading = "Confirm that you disable this account"

    def confirm(self, name: str) -> PersonPage:
        self.press("Disable account")
        return PersonPage(self.visitor, name)


class ConfirmEnable(Screen):
    heading = "Confirm that you enable this account"

    def confirm(self, name: str) -> PersonPage:
        self.press("Enable account")
        return PersonPage(self.visitor, name)


class ConfirmRevoke(Screen):
    heading = "Confirm that you revoke every role"

    def confirm(self) -> UsersPage:
        self.press("Revoke")
        return UsersPage(self.visitor)


class DisableOwn(Screen):
    heading = "Disable account"

    def go_on(self) -> "ConfirmDisableOwn":
        self.page.get_by_role("button", name="Disable", exact=True).click()
        return ConfirmDisableOwn(self.visitor)


class ConfirmDisableOwn(Screen):
    heading = "Confirm that you disable your account"

    def confirm(self) -> "SignedOut":
        self.press("Confirm disable")
        return SignedOut(self.visitor)


class SignedOut(Screen):
    heading = "You are signed out"
