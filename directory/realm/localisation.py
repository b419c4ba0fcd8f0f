"""The words of the realm's pages and e-mails that differ by installation: the portal's address, whom to ask.

Words that our file does not name are somebody else's and stay.
"""

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, compare
from directory.realm.files import Representation


class Localisation:
    """The texts that our file gives for each language."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        return [
            difference
            for language, texts in wanted.get("localizationTexts", {}).items()
            for difference in compare("text", language, texts, session.get("localization", language))
        ]

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        for language, texts in wanted.get("localizationTexts", {}).items():
            session.post("localization", language, body=texts)
