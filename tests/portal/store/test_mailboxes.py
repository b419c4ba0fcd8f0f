"""PostgreSQL takes addresses apart as the rules do."""

from itertools import product

from sqlalchemy import literal, select

from portal.rules.mailboxes import is_same
from portal.store.engine import make_engine
from portal.store.mailboxes import is_same_mailbox

ADDRESSES = [
    "ann@x.example",
    "ann+1@x.example",
    "ann+1+2@x.example",
    "ann+@x.example",
    "+ann@x.example",
    "ann1@x.example",
    "ann+1@y.example",
    "an.n@x.example",
    "o'neil+a%b_c@x.example",
    "o'neil@x.example",
    "+",
    "@",
    "ann+1",
]


def test_one_answer(database: str) -> None:
    """ROL-3, APR-1: lists and decisions agree on who is the applicant."""
    with make_engine(database).connect() as connection:
        for one, other in product(ADDRESSES, ADDRESSES):
            asked = select(is_same_mailbox(literal(one), literal(other)))
            assert connection.scalar(asked) == is_same(one, other), (one, other)
