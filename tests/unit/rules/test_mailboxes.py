"""One person's mailbox, however its address is written."""

import pytest

from portal.rules.mailboxes import is_same, mailbox


@pytest.mark.parametrize(
    ("email", "of"),
    [
        ("ann@x.example", "ann@x.example"),
        (" Ann+cqrs@X.example ", "ann@x.example"),
        ("ann+a+b@x.example", "ann@x.example"),
        ("ann+@x.example", "ann@x.example"),
        ("+ann@x.example", "+ann@x.example"),
        ("a.nn@x.example", "a.nn@x.example"),
        ("nothing", "nothing"),
        ("", ""),
    ],
)
def test_the_mailbox_of_an_address(email: str, of: str) -> None:
    """ROL-3: the tag and the case are the sender's choice; all else may be another person."""
    assert mailbox(email) == of
    assert mailbox(of) == of


def test_two_people() -> None:
    assert is_same("ann+1@x.example", "ANN+2@x.example")
    assert not is_same("ann+1@x.example", "ann+1@y.example")
    assert not is_same("ann+1@x.example", "ann1@x.example")
