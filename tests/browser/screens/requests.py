"""A request as its approver sees it: review, decide, confirm."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.screens.screen import Screen


class ReviewPage(Screen):
    """The request of one person; its heading is their name."""

    heading = re.compile(".+")

    def approve(self) -> "ConfirmDecision":
        self.choose("Approve")
        self.press("Continue")
        return ConfirmDecision(self.visitor)

    def reject(self, reason: str) -> "ConfirmDecision":
        self.try_to_reject(reason)
        return ConfirmDecision(self.visitor)

    def try_to_reject(self, reason: str) -> None:
        """Sends the rejection; what comes next is for the caller to say."""
        self.choose("Reject")
        self.page.get_by_label("Reason for rejecting").fill(reason)
        self.press("Continue")


class ConfirmDecision(Screen):
    heading = re.compile("Confirm that you (approve|reject) this request")

    def confirm(self) -> "DecidedPage":
        self.press("Confirm")
        return DecidedPage(self.visitor)


class DecidedPage(Screen):
    """The request again, with what became of it."""

    heading = re.compile(".+")

    def says(self, text: str) -> None:
        """Asserts the message at the top."""
        expect(self.page.locator(".nhsuk-notification-banner")).to_contain_text(text)


class QueuePage(Screen):
    """The requests that wait for the active role's decision."""

    heading = "Requests"

    def rows(self, name: str) -> Locator:
        """The rows of the person of this name."""
        return self.main.get_by_role("row").filter(has_text=name)

    def open(self, name: str) -> ReviewPage:
        """Opens the request of the person of this name."""
        self.rows(name).get_by_role("link").click()
        return ReviewPage(self.visitor)

    def approve_ticked(self, *names: str) -> "ConfirmMany":
        """Ticks these people's requests and sends them to be confirmed together."""
        for name in names:
            self.rows(name).get_by_role("checkbox").check()
        self.press("Approve ticked requests")
        return ConfirmMany(self.visitor)


class ConfirmMany(Screen):
    heading = re.compile("Confirm that you approve")

    def confirm(self) -> "ResultsPage":
        self.press("Confirm")
        return ResultsPage(self.visitor)


class ResultsPage(Screen):
    """What became of each."""

    heading = re.compile(r"\d+ of \d+ approved")
