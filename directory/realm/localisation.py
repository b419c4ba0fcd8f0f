"""The words of the realm's pages and e-mails that differ by installation: the portal's address, whom to ask.

Words that our file does not name are somebody else's and stay.
"""

from directory.realm.comparing import Difference, compare
from directory.realm.files import Representation
from directory.realm.server import RealmServer


class Localisation:
    """The texts that our file gives for each language."""

    def differences(self, server: RealmServer, wanted: Representation) -> list[Difference]:
        return [
            difference
            for language, texts in wanted.get("localizationTexts", {}).items()
            for difference in compare("text", language, texts, server.get(f"/localization/{language}"))
        ]

    def put_right(self, server: RealmServer, wanted: Representation) -> None:
        for language, texts in wanted.get("localizationTexts", {}).items():
            server.post(f"/localization/{language}", texts)
