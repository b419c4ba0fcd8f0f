"""The kinds of values that settings have, with what is said of one that is wrong. No value is ever shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode


@dataclass(frozen=True, slots=True)
class Link:
    """Something to read elsewhere: its title, and its address."""

    title: str
    url: str


def _is_address(value: str) -> bool:
    return urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).netloc)


def _address(value: str) -> str:
    if not _is_address(value):
        raise ValueError("must be an address such as https://accounts.example.nhs.uk")
    return value.rstrip("/")


def _guides(value: Any) -> tuple[Link, ...]:
    """Parted by semicolons, each a title and then its address."""
    parts = [part.strip() for part in str(value).split(";") if part.strip()]
    links = tuple(Link(title.strip(), url) for title, _, url in (part.rpartition(" ") for part in parts))
    if not all(link.title and _is_address(link.url) for link in links):
        raise ValueError("must be titles with addresses, such as: Job aids https://example.nhs.uk/aids; ...")
    return links


def _whole_number(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        text = str(value)
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def between(least: int, most: int) -> BeforeValidator:
    """Marks a whole number with its bounds, both allowed."""
    return BeforeValidator(_whole_number(least, most))


LONGEST_NAME = 100


def _names(value: Any) -> tuple[str, ...]:
    """Parted by semicolons, each once, in their order."""
    given = value if isinstance(value, tuple) else str(value).split(";")
    names = tuple(dict.fromkeys(name for part in given if (name := " ".join(part.split()))))
    if any(len(name) > LONGEST_NAME for name in names):
        raise ValueError(f"must be names of {LONGEST_NAME} characters or fewer, parted by semicolons")
    return names


Address = Annotated[str, BeforeValidator(_address)]
Secret = Annotated[str, Field(repr=False)]
Guides = Annotated[tuple[Link, ...], NoDecode, BeforeValidator(_guides)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
Days = Annotated[int, between(1, 1000)]
Hours = Annotated[int, between(1, 1000)]
Limit = Annotated[int, between(1, 1_000_000)]
Port = Annotated[int, between(1, 65535)]
