"""What the words of a message are: its parts, each plain text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Button:
    """A link with its words; `path` is below the portal's address."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Words:
    """One message: a subject, paragraphs of what happened and of what to do, and at most one link.

    `quote` is somebody's own words, shown apart. Wherever words are somebody's own they are `quoted`.
    """

    subject: str
    happened: tuple[str, ...]
    to_do: tuple[str, ...]
    button: Button | None = None
    quote: str = ""
