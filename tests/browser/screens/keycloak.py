"""Keycloak's own pages in our theme: signing in, setting a password, and being told."""

import re
from typing import Self

from playwright.sync_api import expect

from tests.browser.screens.screen import Screen


class SignInPage(Screen):
    heading = re.compile("Sign in")

    def sign_in(self, email: str, password: str) -> None:
        """Fills the form in and sends it; what comes next is for the caller to say."""
        self.page.locator("input[name=username]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("#kc-login, button[name=login], input[name=login]").first.click()

    def refused(self, text: str) -> Self:
        """Asserts that it says so, and is still the sign-in page."""
        expect(self.page.locator("body")).to_contain_text(text)
        self.visitor.look("sign-in refused")
        return self


class ProceedPage(Screen):
    """What Keycloak's link opens: what is asked, and one link to go on."""

    heading = re.compile(".+")

    def proceed(self) -> None:
        self.page.locator("main a, #kc-content a, #kc-info-message a").first.click()


class SetPasswordPage(Screen):
    heading = re.compile("password", re.IGNORECASE)

    def set(self, password: str, again: str | None = None) -> None:
        self.page.locator("input[name=password-new]").fill(password)
        self.page.locator("input[name=password-confirm]").fill(password if again is None else again)
        self.page.locator("button[type=submit], input[type=submit]").first.click()

    def refused(self, text: str) -> Self:
        expect(self.page.locator("body")).to_contain_text(text)
        self.visitor.look("password refused")
        return self


class DonePage(Screen):
    """After the actions of a mailed link: it is done, and a way on to the portal."""

    heading = re.compile(".+")

    def go_on(self) -> None:
        self.page.locator("main a, #kc-content a, #kc-info-message a").first.click()
