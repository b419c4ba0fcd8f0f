"""The reasons that people give."""

from portal.rules.errors import ReasonNeeded

LONGEST = 250


def needed_reason(text: str) -> str:
    """The reason without space around it, 1 to 250 characters. Raises ReasonNeeded."""
    reason = optional_reason(text)
    if not reason:
        raise ReasonNeeded
    return reason


def optional_reason(text: str) -> str:
    """The same for a reason that may be left out."""
    reason = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(reason) > LONGEST:
        raise ReasonNeeded
    return reason
