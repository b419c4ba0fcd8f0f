"""Home and the header that every signed-in page has."""

from playwright.sync_api import expect

from tests.browser.screens.screen import Screen


class HomePage(Screen):
    heading = "Home"

    def acts_as(self, person: str, role: str, organisation: str) -> None:
        """Asserts whom and which role the header names."""
        expect(self.header).to_contain_text(person)
        expect(self.header).to_contain_text(f"{role}, {organisation}")

    def open(self, tile: str) -> None:
        """Opens the part of the portal whose tile begins so."""
        self.main.get_by_role("link", name=tile).first.click()

    def sign_out(self) -> "SignedOutPage":
        self.press("Sign out")
        return SignedOutPage(self.visitor)


class SignedOutPage(Screen):
    heading = "You are signed out"


class ChooseRolePage(Screen):
    heading = "Multiple roles are available"

    def act_as(self, role: str, organisation: str) -> HomePage:
        """Chooses the row of this organisation and role."""
        row = self.page.locator(".nhsuk-radios__item").filter(has_text=organisation).filter(has_text=role)
        row.get_by_role("radio").check()
        self.press("Confirm")
        return HomePage(self.visitor)
