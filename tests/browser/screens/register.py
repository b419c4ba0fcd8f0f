"""Registering, question by question."""

import re

from playwright.sync_api import expect

from tests.browser.screens.screen import Screen


class StartPage(Screen):
    heading = re.compile(".+")

    def register(self) -> "EmailQuestion":
        self.page.get_by_role("link", name="Register").or_(
            self.page.get_by_role("button", name="Register")
        ).first.click()
        return EmailQuestion(self.visitor)

    def sign_in(self) -> None:
        self.page.get_by_role("link", name="Sign in").or_(
            self.page.get_by_role("button", name="Sign in")
        ).first.click()


class EmailQuestion(Screen):
    heading = re.compile("e-?mail", re.IGNORECASE)

    def answer(self, email: str) -> "OrganisationQuestion":
        self.page.locator("input[name=email]").fill(email)
        self.press("Continue")
        return OrganisationQuestion(self.visitor)


class OrganisationQuestion(Screen):
    heading = re.compile("organisation", re.IGNORECASE)
