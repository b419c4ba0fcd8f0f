"""Keycloak's own pages in our theme: signing in, setting a password, and being told."""

import re

from playwright.sync_api import expect

from tests.browser.screens.screen import Screen
from tests.support.realm.authenticator import Authenticator


class SignInPage(Screen):
    heading = re.compile("Sign in")

    def sign_in(self, email: str, password: str) -> None:
        """Fills the form in and sends it; what comes next is for the caller to say."""
        self.page.locator("input[name=username]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("button[name=login]").click()

    def refusal(self) -> str:
        """What the page says went wrong."""
        said = self.page.locator(".nhsuk-error-summary").inner_text()
        self.visitor.look("sign-in refused")
        return said


class ProceedPage(Screen):
    """What Keycloak's link opens: what is asked, and one way on."""

    heading = re.compile(".+")

    def proceed(self) -> None:
        self.main.locator("a.nhsuk-button").click()


class SetPasswordPage(Screen):
    heading = re.compile("password", re.IGNORECASE)

    def set(self, password: str, again: str | None = None) -> None:
        """Types it twice (the second time `again`, when that is given) and saves."""
        self.page.locator("input[name=password-new]").fill(password)
        self.page.locator("input[name=password-confirm]").fill(password if again is None else again)
        self.page.locator("button[name=login]").click()

    def refused(self, text: str) -> "SetPasswordPage":
        expect(self.page.locator(".nhsuk-error-summary")).to_contain_text(text)
        return self


class DonePage(Screen):
    """After the actions of a mailed link: it is done, and one way on to the portal."""

    heading = re.compile(".+")

    def go_on(self) -> None:
        self.main.locator("a.nhsuk-button").click()


class SetUpAppPage(Screen):
    """Asked of whoever must have a second factor and has none."""

    heading = "Set up an authenticator app"

    def set_up(self) -> Authenticator:
        """Types the key that the page shows into an app, and the app's code into the page."""
        self.follow("Type a key instead of scanning")
        app = Authenticator.typed(self.page.locator("#kc-totp-secret-key").inner_text())
        self.visitor.look("key to type")
        self.fill("Security code", app.code())
        self.press("Save")
        return app


class SecurityCodePage(Screen):
    heading = "Enter your security code"

    def give(self, code: str) -> None:
        self.fill("Security code", code)
        self.press("Continue")


class ConfirmPasswordPage(Screen):
    """Asks somebody who is signed in for their password once more."""

    heading = "Enter your current password"

    def confirm(self, password: str) -> None:
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("button[name=login]").click()


class ForgottenPasswordPage(Screen):
    """The portal's own, to which Keycloak's sign-in page leads."""

    heading = "Forgotten your password?"

    def send_link(self, email: str) -> None:
        self.fill("What is your email address?", email)
        self.press("Send a link")


class ChangeEmailPage(Screen):
    heading = "Change your email address"

    def change_to(self, email: str) -> None:
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("button[type=submit]:not([name=cancel-aia])").first.click()
        expect(self.page.locator("h1")).to_have_text("Look in your mail")
        self.visitor.look("look in your mail")
