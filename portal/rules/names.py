"""What a person's name may be, so that none can pass for a message, an address or a telephone number."""

import re
import unicodedata
from enum import StrEnum

LONGEST = 60
"""Characters, of a first name and of a last name each."""
MARKS = " '’.-"  # noqa: RUF001 - phones write this one
KEPT = MARKS.replace(".", "")
"""The marks that a name may have anywhere."""
UNKNOWN = "Unknown"
SHORT_FORM = 4
"""How many letters may stand before a full stop: Revd., Prof."""


class NameProblem(StrEnum):
    """Why a name isn't taken. The value goes on after "First name"."""

    TOO_LONG = f"must be {LONGEST} characters or fewer"
    NO_LETTER = "must include a letter"
    OTHER_CHARACTER = "must only include letters, spaces, hyphens, apostrophes and full stops"
    FULL_STOP = (
        "can have a full stop only after an initial or a short form, such as J. or St., and then a space"
    )


def name_problem(name: str) -> NameProblem | None:
    """Why this can't be a first or a last name; None when it can. Letters may be of any script."""
    if len(name) > LONGEST:
        return NameProblem.TOO_LONG
    if not all(c in MARKS or unicodedata.category(c)[0] in "LM" for c in name):
        return NameProblem.OTHER_CHARACTER
    if not any(c.isalpha() for c in name):
        return NameProblem.NO_LETTER
    if not all(_stops_well(word) for word in re.split("[ -]", name)):
        return NameProblem.FULL_STOP
    return None


def taken(name: str) -> str:
    """The name, or what is left of one that isn't taken: its letters, hyphens and apostrophes, cut to length.

    Nothing stays nothing; a name without a letter becomes UNKNOWN.
    """
    if not name or name_problem(name) is None:
        return name
    kept = "".join(c if c in KEPT or unicodedata.category(c)[0] in "LM" else " " for c in name)
    shorter = " ".join(kept.split())[:LONGEST].rstrip()
    return UNKNOWN if name_problem(shorter) else shorter


def _stops_well(word: str) -> bool:
    """Whether its full stops are those of initials, J.R., or of a short form at its end, St."""
    *before, last = (_letters(part) for part in word.split("."))
    initials = all(letters == 1 for letters in before) and last <= 1
    short_form = len(before) == 1 and 1 <= before[0] <= SHORT_FORM and last == 0
    return not before or initials or short_form


def _letters(part: str) -> int:
    """How many letters there are, each with its marks."""
    return sum(c.isalpha() for c in part)
