"""Folds text to the words that are searched in, and what is typed to the words that are searched for."""

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import ColumnElement, cast
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute

APOSTROPHES = "'’‘`´"  # noqa: RUF001 - these are the ones that people and files write
NOTHING = str.maketrans("", "", APOSTROPHES)
WORD = re.compile(r"[^\W_]+")
LONGEST = 200
"""The characters of a word that are kept and searched for; PostgreSQL takes 2,046 bytes at most."""


def fold(text: str) -> list[str]:
    """The words of a text in lower case, without accents and apostrophes: "St. John's" is st, johns."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(NOTHING))
    return WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def organisation_words(code: str, name: str, postcode: str, town: str = "") -> list[str]:
    """What an organisation is found by: its name, code and town, and its postcode in one piece and in two."""
    return _distinct([*fold(name), *fold(code), *fold(town), *fold(postcode), "".join(fold(postcode))])


def person_words(first_name: str, last_name: str, email: str) -> list[str]:
    """What a person is found by: the words of both names and of the e-mail address, and that entire."""
    return _distinct([*fold(first_name), *fold(last_name), *fold(email), email.casefold()])


def _distinct(words: list[str]) -> list[str]:
    return sorted({word[:LONGEST] for word in words if word})


def prefix_query(text: str) -> str:
    """A tsquery in which every word of the text must begin some word; empty when the text has no word.

    Words are letters and digits only, so nothing typed can be part of the query's own language.
    """
    return words_query(fold(text)[:10])


def words_query(words: Iterable[str], joined: str = " & ") -> str:
    """A tsquery in which all of these folded words, or with " | " any, begin some word."""
    return joined.join(f"{word[:LONGEST]}:*" for word in words)


def found_in(column: InstrumentedAttribute[str], query: str) -> ColumnElement[bool]:
    """Whether the words of the column answer the tsquery.

    It is taken as it is: PostgreSQL's parser of texts would take 3e4d79 for a number and a word.
    """
    return column.op("@@")(cast(query, TSQUERY))
