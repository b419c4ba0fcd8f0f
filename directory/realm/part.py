"""What the kinds of thing in a realm have in common."""

from typing import Protocol

from directory.realm.comparing import Difference
from directory.realm.files import Representation
from directory.realm.server import RealmServer


class Part(Protocol):
    """One kind of thing in a realm, such as its clients or its groups."""

    def differences(self, server: RealmServer, wanted: Representation) -> list[Difference]:
        """What is not as wanted; empty when all is well. Changes nothing."""

    def put_right(self, server: RealmServer, wanted: Representation) -> None:
        """Makes it so. Safe to repeat after being stopped at any point."""
