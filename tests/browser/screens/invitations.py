"""Inviting, step by step; what waits; and the page of the mailed link."""

import re

from playwright.sync_api import expect

from tests.browser.screens.screen import Screen


class WhomStep(Screen):
    heading = "Send invitation"

    def answer(self, email: str) -> "PersonStep":
        self.fill("Who do you want to invite?", email)
        self.press("Next")
        return PersonStep(self.visitor)

    def is_refused(self, email: str) -> None:
        """Asserts that the address of somebody known isn't taken."""
        self.fill("Who do you want to invite?", email)
        self.press("Next")
        self.problem("An invitation can be sent to a new user only")


class PersonStep(Screen):
    heading = "Name of the new user"

    def answer(self, first: str, last: str) -> "OrganisationStep":
        self.shows("This user does not exist in the system.")
        self.fill("First name", first)
        self.fill("Last name", last)
        self.press("Next")
        return OrganisationStep(self.visitor)


class OrganisationStep(Screen):
    heading = "Choose an organisation"

    def answer(self, organisation: str) -> "RoleStep":
        self.page.get_by_label(re.compile(rf"^{re.escape(organisation)} \(")).check()
        self.press("Next")
        return RoleStep(self.visitor)


class RoleStep(Screen):
    heading = "Choose a role"

    def answer(self, role: str) -> "CheckStep":
        self.choose(role)
        self.press("Next")
        return CheckStep(self.visitor)


class CheckStep(Screen):
    heading = "Check the invitation"

    def send(self) -> "PendingPage":
        self.press("Send")
        return PendingPage(self.visitor)


class PendingPage(Screen):
    heading = "Pending invitation"

    def has(self, email: str, *texts: str) -> None:
        """Asserts that the row of this address says each of these."""
        row = self.main.get_by_role("row").filter(has_text=email)
        for text in texts:
            expect(row).to_contain_text(text)

    def send_again(self, email: str) -> "PendingPage":
        self.main.get_by_role("row").filter(has_text=email).get_by_role("button").click()
        return PendingPage(self.visitor)

    def cancel(self, email: str) -> None:
        self.main.get_by_role("row").filter(has_text=email).get_by_role("link", name="Cancel").click()
        ConfirmCancel(self.visitor).press("Cancel invitation")
        PendingPage(self.visitor)


class ConfirmCancel(Screen):
    heading = "Confirm that you cancel this invitation"


class InvitationPage(Screen):
    heading = re.compile("You are invited to")

    def accept(self) -> "AcceptedPage":
        self.press("Accept invitation")
        return AcceptedPage(self.visitor)


class AcceptedPage(Screen):
    heading = "You have accepted the invitation"


class NoLinkPage(Screen):
    heading = "This link does not work"


class CancelledPage(Screen):
    heading = "This invitation was cancelled"
