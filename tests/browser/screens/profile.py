"""What somebody sees of themselves."""

from tests.browser.screens.screen import Screen


class UserDetails(Screen):
    heading = "User details"

    def change_password(self) -> None:
        """Where that leads is for the caller to say."""
        self.press("Change password")
