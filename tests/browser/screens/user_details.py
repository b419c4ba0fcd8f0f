"""Somebody's User details, and the pages on the way to Submit."""

from playwright.sync_api import Locator

from tests.browser.screens.accounts import PersonPage
from tests.browser.screens.screen import Screen
from tests.browser.visitor import Visitor


class UserDetailsPage(Screen):
    heading = "User details"

    def at(self, organisation: str) -> Locator:
        """The part of the page about the organisation of this name."""
        return self.page.locator("section.portal-place").filter(has_text=organisation)

    def tick(self, organisation: str, label: str) -> "UserDetailsPage":
        self.at(organisation).get_by_label(label).check()
        return self

    def add_organisation(self) -> "AddOrganisation":
        self.press("Add organisation")
        return AddOrganisation(self.visitor)

    def go_on(self) -> "CheckChanges":
        self.press("Continue")
        return CheckChanges(self.visitor)


class AddOrganisation(Screen):
    heading = "Add organisation"

    def add(self, typed: str, name: str) -> UserDetailsPage:
        self.page.get_by_label("Search by name, ODS code or postcode").fill(typed)
        self.press("Search")
        found = AddOrganisation(self.visitor)
        found.page.get_by_label(name).check()
        found.press("Add organisation")
        return UserDetailsPage(self.visitor)


class CheckChanges(Screen):
    heading = "Check the changes"

    def submit(self, name: str) -> PersonPage:
        self.press("Submit")
        return PersonPage(self.visitor, name)


class WhyPage(Screen):
    def __init__(self, visitor: Visitor, name: str):
        self.heading, self.name = f"Why can {name} see an organisation, or why not?", name
        super().__init__(visitor)

    def about(self, typed: str, organisation: str) -> "WhyPage":
        """Finds the organisation, and goes to the answer."""
        self.page.get_by_label("Search by name, ODS code or postcode").fill(typed)
        self.press("Search")
        self.follow(organisation)
        return WhyPage(self.visitor, self.name)

    def who_sees(self) -> "WhoSeesPage":
        self.follow("Who can see this organisation's affairs?")
        return WhoSeesPage(self.visitor)


class WhoSeesPage(Screen):
    heading = "Who can see this organisation's affairs?"
