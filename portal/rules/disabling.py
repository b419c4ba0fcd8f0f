"""Why an account is disabled: one of three reasons, the last in words of one's own."""

from dataclasses import dataclass
from enum import StrEnum

from portal.rules.errors import ReasonNeeded

LONGEST = 250


class Why(StrEnum):
    """What there is to choose from. The value is what a form sends."""

    LEFT = "left"
    MOVED = "moved"
    OTHER = "other"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Why.LEFT: "Left organisation",
    Why.MOVED: "Moved to another organisation",
    Why.OTHER: "Other",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason given. Raises ReasonNeeded for Other without 1 to 250 characters of `text`."""

    why: Why
    text: str = ""

    def __post_init__(self) -> None:
        if self.why is Why.OTHER and not 0 < len(self.text.strip()) <= LONGEST:
            raise ReasonNeeded

    @property
    def words(self) -> str:
        """As the person, their approvers and the audit have it."""
        return self.text.strip() if self.why is Why.OTHER else self.why.label
