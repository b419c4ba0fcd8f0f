"""What a name may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.names import LONGEST, UNKNOWN, NameProblem, name_problem, taken

TAKEN = [
    *("Zoë", "李", "Мария", "أحمد", "Nguyễn", "மு. க.", "María del Carmen", "van der Berg"),
    *("Mary-Jane", "D'Arcy", "O’Brien", "n'Diaye-Jones"),  # noqa: RUF001 - phones write this one
    *("J.R.R.", "J. R.", "J.R", "A.-M.", "St. John", "Wm. Henry", "Prof. Dr.", "Luther King Jr."),
]


@pytest.mark.parametrize("name", [*TAKEN, "n" * LONGEST])
def test_names_of_every_alphabet_are_taken(name: str) -> None:
    """REG-1: with the marks that names have."""
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("n" * (LONGEST + 1), NameProblem.TOO_LONG),
        ("", NameProblem.NO_LETTER),
        ("- '.", NameProblem.NO_LETTER),
        ("Ann\nLee", NameProblem.OTHER_CHARACTER),
        ("Ann 2", NameProblem.OTHER_CHARACTER),
        ("ann@x", NameProblem.OTHER_CHARACTER),
        ("http://x", NameProblem.OTHER_CHARACTER),
        ("<b>", NameProblem.OTHER_CHARACTER),
        ("“Ann”", NameProblem.OTHER_CHARACTER),
        ("www.x.example", NameProblem.FULL_STOP),
        ("x.example", NameProblem.FULL_STOP),
        ("expired. Sign", NameProblem.FULL_STOP),
        ("Sign in at...", NameProblem.FULL_STOP),
        ("J.Smith", NameProblem.FULL_STOP),
        (".com", NameProblem.FULL_STOP),
    ],
)
def test_what_is_no_name(name: str, why: NameProblem) -> None:
    """NOT-3: a sentence, an address, a number."""
    assert name_problem(name) is why


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *((name, name) for name in ("", "Zoë", "J.R.R.", "St. John")),
        ("Ann 2nd", "Ann nd"),
        ("Review at evil.example", "Review at evil example"),
        ("Mallory\nWhat to do: http://x", "Mallory What to do http x"),
        ("12345", UNKNOWN),
        ("- '!", UNKNOWN),
        ("n" * 99, "n" * LONGEST),
    ],
)
def test_what_is_left_of_a_name(before: str, after: str) -> None:
    """NOT-3: a name from before the rule leads nowhere any more."""
    assert taken(before) == after


@given(st.text(min_size=1))
def test_what_is_left_is_taken(name: str) -> None:
    """NOT-3: whatever it was."""
    assert name_problem(taken(name)) is None
