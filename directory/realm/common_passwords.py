"""The passwords that Keycloak refuses though they follow every rule: common ones, with their usual endings.

Whoever must add a capital, a digit and a sign to a word writes *Password1!*, *Welcome2026!* or *Nhs12345!*,
and whoever guesses tries those first. The words come from the lists of leaked passwords, names and English
words that the library zxcvbn ships, and from our own field. Keycloak looks a password up in lower case.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, product
from pathlib import Path

FILE_NAME = "cqrs-common-passwords.txt"
"""The list in Keycloak's `data/password-blacklists`; password policies from before the filter name it."""
FILTER_NAME = "cqrs-common-passwords.bloom"
"""What Keycloak's `kc.sh tools build-password-denylist` makes of the list. Our password policies name it, as
Keycloak takes some seconds to read the list at each start.
"""

_SHORTEST = 8
_MOST_COMMON = 500
_OURS = """
    nhs cqrs nhsmail nhsengland gp gps surgery practice practices doctor doctors nurse nurses patient patients
    clinic health healthcare medical medicine hospital commissioner approver manager reception england london
    britain welcome password passwd changeme letmein temporary temp login access admin administrator test user
    default secret summer autumn winter spring january february march april may june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday christmas easter
"""
_RUNS = "123 1234 12345 123456 1234567 321 4321 54321 111 000 007 666 777 999"
_SIGNS = "!.?@#$*£"
_SIGNS_FIRST = "!@#."
_NUMBERS = tuple(
    dict.fromkeys(
        [str(one) for one in range(10)]
        + [f"{one:02}" for one in range(100)]
        + _RUNS.split()
        + [str(year) for year in range(1950, 2036)]
    )
)
_FEW_ENDINGS = tuple(
    number + sign for number, sign in product(("", "1", "2", "12", "123", "1234", "01", "11"), "!.?")
)
_LOOKALIKES = tuple(
    str.maketrans(one)
    for one in ({"o": "0"}, {"a": "@", "o": "0"}, {"a": "@", "o": "0", "i": "1", "e": "3", "s": "$"})
)


def write(file: Path) -> int:
    """Writes them, one a line; how many."""
    count = 0
    with file.open("w", encoding="utf-8") as out:
        for count, password in enumerate(common_passwords(), 1):  # noqa: B007
            out.write(f"{password}\n")
    return count


def common_passwords() -> Iterator[str]:
    """Each that the other rules would take, in lower case; some more than once."""
    leaked, others = _lists()
    stems = dict.fromkeys(filter(None, map(_stem, leaked)))
    most = dict.fromkeys([*_OURS.split(), *islice(stems, _MOST_COMMON)])
    yield from _taken(word + ending for word in most for ending in _every_ending())
    looks = (word.translate(table) for word in most for table in _LOOKALIKES)
    every = (*looks, *leaked, *stems, *others)
    yield from _taken(word + ending for word in every for ending in ("", *_FEW_ENDINGS))


def _lists() -> tuple[list[str], list[str]]:
    """Leaked passwords, the most common first, and words of other kinds."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 (large, and for set-up alone)

    kinds = ("female_names", "male_names", "surnames", "english_wikipedia")
    return FREQUENCY_LISTS["passwords"], [word for kind in kinds for word in FREQUENCY_LISTS[kind]]


def _stem(password: str) -> str:
    """The word in it: what is left without digits and signs at its end."""
    stem = password.rstrip("0123456789!.?@#$*")
    return stem if len(stem) > 2 and stem.isalpha() else ""


def _every_ending() -> Iterator[str]:
    for number in _NUMBERS:
        yield from (number + sign for sign in _SIGNS)
        yield from (sign + number for sign in _SIGNS_FIRST)


def _taken(candidates: Iterable[str]) -> Iterator[str]:
    """Those that have what the realm's policy asks for; the others it refuses by itself."""
    for one in candidates:
        if len(one) >= _SHORTEST and not one.isalnum() and any(map(str.isdigit, one)):
            yield one
