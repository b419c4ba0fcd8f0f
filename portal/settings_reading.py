"""Reads typed values from environment variables, and gathers everything wrong with them into one message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


class BadSetting(ValueError):
    """The message has a line for each variable that is missing, wrong or unsafe. It never shows a value."""


@dataclass(frozen=True, slots=True)
class Link:
    """Something to read elsewhere: its title, and its address."""

    title: str
    url: str


class Reading:
    """One pass over the environment. Each method notes what is wrong and carries on; `finish` raises it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self._env.get(name, "").strip()
        if not value and default is None:
            self.wrong(name, "is not set")
        return value or default or ""

    def url(self, name: str, default: str | None = None) -> str:
        value = self.text(name, default).rstrip("/")
        if value and not _is_address(value):
            self.wrong(name, "must be an address such as https://accounts.example.nhs.uk")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not least <= int(value) <= most:
            self.wrong(name, f"must be a whole number from {least} to {most}")
            return default
        return int(value)

    def one_of(self, name: str, allowed: Sequence[str], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            self.wrong(name, f"must be one of: {', '.join(allowed)}")
            return default
        return value

    def links(self, name: str) -> tuple[Link, ...]:
        """Parted by semicolons, each a title and then its address; none when it is not set."""
        parts = [part.strip() for part in self.text(name, "").split(";") if part.strip()]
        links = tuple(Link(title.strip(), url) for title, _, url in (part.rpartition(" ") for part in parts))
        if not all(link.title and _is_address(link.url) for link in links):
            self.wrong(
                name, "must be titles with addresses, such as: Job aids https://example.nhs.uk/aids; ..."
            )
        return links

    def wrong(self, name: str, problem: str) -> None:
        self._problems.append(f"{name} {problem}")

    def finish(self) -> None:
        """Raises BadSetting if anything was wrong."""
        if self._problems:
            raise BadSetting("\n".join(self._problems))


def _is_address(value: str) -> bool:
    return urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).netloc)
