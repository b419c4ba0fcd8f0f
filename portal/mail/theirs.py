"""What people typed, as it may stand among our words: quoted, on one line, and leading nowhere."""

import re
import unicodedata

LONGEST = 250
"""Characters, as reasons have at most; names in Keycloak may be longer."""
QUOTES = str.maketrans({"“": "'", "”": "'", '"': "'"})
# What mail programs tell an address by, where no space follows. The space of no width after it makes it none,
# and is neither seen nor read out.
_TELLTALE = re.compile(r"([.:@\u3002\uff0e\uff61])(?=\S)")
NO_WIDTH = "\u200b"


def quoted(text: str) -> str:
    """The text in quotation marks, which it can't close itself."""
    words = one_line(text).translate(QUOTES)
    shown = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return "“" + _TELLTALE.sub(rf"\1{NO_WIDTH}", shown) + "”"


def one_line(text: str) -> str:
    """Without control characters, marks of direction and line breaks; spaces single."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
