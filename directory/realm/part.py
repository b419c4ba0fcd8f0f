"""What the kinds of thing in a realm have in common."""

from typing import Protocol

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference
from directory.realm.files import Representation


class Part(Protocol):
    """One kind of thing in a realm, such as its clients or its groups."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        """What is not as wanted; empty when all is well. Changes nothing."""

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        """Makes it so. Safe to repeat after being stopped at any point."""
