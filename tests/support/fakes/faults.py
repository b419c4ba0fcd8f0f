"""The ways in which a call to the directory can go wrong, to order in a test."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one call: a wait in seconds, a refusal before the work, or a reply lost after it."""

    seconds: float = 0.0
    refuses: bool = False
    loses_reply: bool = False

    @classmethod
    def none(cls) -> "Fault":
        """Lets the call through."""
        return cls()

    @classmethod
    def unavailable(cls) -> "Fault":
        """Keycloak is down: nothing was done, DirectoryUnavailable is raised."""
        return cls(refuses=True)

    @classmethod
    def slow(cls, seconds: float) -> "Fault":
        """The call works, after this long."""
        return cls(seconds=seconds)

    @classmethod
    def reply_lost(cls) -> "Fault":
        """The call did its work, and DirectoryUnavailable is raised all the same."""
        return cls(loses_reply=True)
