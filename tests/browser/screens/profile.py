"""What somebody sees of themselves, and changes."""

from playwright.sync_api import expect

from tests.browser.screens.screen import Screen


class UserDetails(Screen):
    heading = "User details"

    def change_password(self) -> None:
        """Where that leads is for the caller to say."""
        self.press("Change password")

    def change_email(self) -> None:
        """Likewise."""
        self.press("Change email address")

    def edit_name(self) -> "EditName":
        self.page.get_by_role("button", name="Edit name").click()
        return EditName(self.visitor)


class EditName(Screen):
    heading = "Change your name"

    def save(self, first: str, last: str) -> None:
        """By keyboard alone, from the first field on; where it ends is for the caller to say."""
        self.page.get_by_label("First name").focus()
        for name in (first, last):
            self.page.keyboard.press("ControlOrMeta+A")
            self.page.keyboard.type(name)
            self.page.keyboard.press("Tab")
        expect(self.page.get_by_role("button", name="Save")).to_be_focused()
        self.page.keyboard.press("Enter")


class SigningIn(Screen):
    heading = "Signing in"

    def is_here_and(self, others: int) -> "SigningIn":
        """Asserts in how many other places the person is signed in."""
        expect(self.main.get_by_text("This browser")).to_have_count(1)
        expect(self.main.get_by_role("button", name="Sign out of")).to_have_count(others)
        return self

    def sign_out_everywhere_else(self) -> "SigningIn":
        self.press("Sign out everywhere else")
        return SigningIn(self.visitor)
