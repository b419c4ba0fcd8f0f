"""The mail catcher as a person reading one address's mail would use it."""

import time
from dataclasses import dataclass
from typing import Any

import requests

WAIT = 60.0


@dataclass(frozen=True)
class Letter:
    """A message in the catcher: its number and page there, and what it says as plain text."""

    number: int
    page: str
    subject: str
    text: str
    html: str
    links: tuple[str, ...]

    def names(self, about: str) -> bool:
        """Whether this is in its subject or its text, whatever the case."""
        return about.lower() in f"{self.subject}\n{self.text}".lower()

    def link(self, containing: str) -> str:
        """The first address in it that contains this. Raises AssertionError with the text."""
        for address in self.links:
            if containing in address:
                return address
        raise AssertionError(f"no link with {containing!r} in:\n{self.text}")


class Mailbox:
    """All mail that the stack sent, read over the catcher's JSON."""

    def __init__(self, page: str):
        self._page = page.rstrip("/")

    def letters(self, to: str) -> list[Letter]:
        """The messages to this address, oldest first."""
        rows = self._json(f"{self._page}/messages.json", to=to)
        return [self._read(one["id"]) for one in sorted(rows, key=lambda row: int(row["id"]))]

    def wait_for(self, to: str, about: str = "", after: int = 0) -> Letter:
        """The newest message to `to` that names `about` in its subject or text, from after number `after`."""
        end = time.monotonic() + WAIT
        while True:
            letters = self.letters(to)
            wanted = [one for one in letters if one.number > after and one.names(about)]
            if wanted:
                return wanted[-1]
            seen = [(one.number, one.subject) for one in letters]
            assert time.monotonic() < end, f"no mail to {to} about {about!r} after {after}, only {seen}"
            time.sleep(0.1)

    def newest_number(self) -> int:
        """The number of the last message to anybody, 0 when there is none."""
        return max((int(one["id"]) for one in self._json(f"{self._page}/messages.json")), default=0)

    def _read(self, number: int) -> Letter:
        page = f"{self._page}/messages/{number}"
        whole = self._json(f"{page}.json")
        return Letter(number, page, whole["subject"], whole["text"], whole["html"], tuple(whole["links"]))

    @staticmethod
    def _json(address: str, **query: str) -> Any:
        answer = requests.get(address, params=query, timeout=WAIT)
        answer.raise_for_status()
        return answer.json()
