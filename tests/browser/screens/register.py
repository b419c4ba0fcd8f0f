"""Registering, question by question."""

import re

from playwright.sync_api import expect

from tests.browser.screens.screen import Screen


def named(organisation: str) -> re.Pattern[str]:
    """The organisation of this whole name, with its code: a branch's name begins with its practice's."""
    return re.compile(rf"{re.escape(organisation)} \([A-Z0-9]+\)")


class StartPage(Screen):
    """The public page: Sign in, or Register."""

    heading = re.compile(".+")

    def register(self) -> "EmailQuestion":
        self.main.get_by_role("button", name="Register").or_(
            self.main.get_by_role("link", name="Register")
        ).first.click()
        return EmailQuestion(self.visitor)


class EmailQuestion(Screen):
    heading = "What is your email address?"

    def answer(self, email: str) -> "OrganisationQuestion":
        self.try_to_answer(email)
        return OrganisationQuestion(self.visitor)

    def try_to_answer(self, email: str) -> None:
        """Sends the answer; the next page is for the caller to say."""
        self.fill("What is your email address?", email)
        self.press("Continue")


class OrganisationQuestion(Screen):
    heading = "Find your organisation"

    def type_and_pick(self, text: str, organisation: str) -> "RoleQuestion":
        """Types as a person does and picks from what is suggested."""
        self.type_text(text)
        return self.pick(organisation)

    def type_text(self, text: str) -> None:
        """Types, key by key in place of what is there, and waits for the suggestions."""
        box = self.page.get_by_label("ODS code, name or postcode")
        box.fill("")
        box.press_sequentially(text, delay=30)
        expect(self.page.get_by_role("option").first).to_be_visible()

    def pick(self, organisation: str) -> "RoleQuestion":
        """Clicks the suggestion that names this organisation."""
        option = self.page.get_by_role("option").filter(has_text=named(organisation))
        expect(option).to_have_count(1)
        self.visitor.look("suggestions")
        option.click()
        return RoleQuestion(self.visitor)

    def search_and_pick(self, text: str, organisation: str) -> "RoleQuestion":
        """The way without script: Search, a list, Continue."""
        self.page.get_by_label("ODS code, name or postcode").fill(text)
        self.press("Search")
        found = OrganisationQuestion(self.visitor)
        found.page.get_by_label(organisation).check()
        found.press("Continue")
        return RoleQuestion(self.visitor)


class RoleQuestion(Screen):
    heading = "Your role and name"

    def answer(self, role: str, first_name: str, last_name: str) -> "CheckAnswers":
        self.choose(role)
        self.fill("First name", first_name)
        self.fill("Last name", last_name)
        self.press("Continue")
        return CheckAnswers(self.visitor)


class CheckAnswers(Screen):
    heading = "Check your answers"

    def register(self) -> "ThankYou":
        self.press("Register")
        return ThankYou(self.visitor)


class ThankYou(Screen):
    heading = re.compile("Thank you for registering")
