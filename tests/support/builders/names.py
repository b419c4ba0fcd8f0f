"""Names that nobody else has, and that are names: letters alone."""

_LETTERS = str.maketrans("0123456789._", "abcdefghij--")


def in_letters(text: object) -> str:
    """A number or a code as a name may have it: each digit is a letter."""
    return str(text).translate(_LETTERS)
