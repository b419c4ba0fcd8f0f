"""The commissioner's providers, one of them, and the change of its approval level."""

import re

from tests.browser.screens.screen import Screen


class ProvidersPage(Screen):
    heading = "Providers"

    def find(self, text: str) -> "ProvidersPage":
        self.page.get_by_label("Search by name, ODS code or postcode").fill(text)
        self.press("Search")
        return ProvidersPage(self.visitor)

    def view(self, name: str) -> "ProviderPage":
        self.main.get_by_role("link", name=f"View {name}").click()
        return ProviderPage(self.visitor)


class ProviderPage(Screen):
    """One provider; its heading is its name."""

    heading = re.compile(".+")

    def set_multi_level(self, wanted: bool) -> "ConfirmLevel":
        """Ticks or unticks the box, and goes on to the page that says what will follow."""
        self.page.get_by_label("Multi-level approval", exact=True).set_checked(wanted)
        self.press("Continue")
        return ConfirmLevel(self.visitor)


class ConfirmLevel(Screen):
    heading = re.compile("Confirm the change to (single|multi)-level")

    def confirm(self) -> ProviderPage:
        self.press("Confirm")
        return ProviderPage(self.visitor)
