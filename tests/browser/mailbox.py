"""The mail catcher as a person reading one address's mail would use it."""

import re
import time
from dataclasses import dataclass
from typing import Any

import requests

WAIT = 30.0


@dataclass(frozen=True)
class Letter:
    """A message in the catcher: its number there, and what it says as plain text."""

    number: int
    to: str
    subject: str
    text: str
    html: str

    def link(self, containing: str) -> str:
        """The first address in the text that contains this. Raises AssertionError with the text."""
        for address in re.findall(r"https?://\S+", self.text):
            if containing in address:
                return address.rstrip(").,>")
        raise AssertionError(f"no link with {containing!r} in:\n{self.text}")


class Mailbox:
    """All mail that the stack sent, read over the catcher's JSON."""

    def __init__(self, list_url: str):
        self._list = list_url

    def letters(self, to: str) -> list[Letter]:
        """The messages to this address, oldest first."""
        found = [one for one in self._rows() if to.lower() in str(one["to"]).lower()]
        return sorted((self._read(one) for one in found), key=lambda letter: letter.number)

    def wait_for(self, to: str, subject: str = "", after: int = 0) -> Letter:
        """The newest message to `to` whose subject contains `subject` and that came after number `after`."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            wanted = [
                one for one in self.letters(to)
                if subject.lower() in one.subject.lower() and one.number > after
            ]
            if wanted:
                return wanted[-1]
            time.sleep(0.1)
        seen = [(one.number, one.subject) for one in self.letters(to)]
        raise AssertionError(f"no mail to {to} about {subject!r} after {after}; there are {seen}")

    def newest_number(self) -> int:
        """The number of the last message to anybody, 0 when there is none."""
        return max((int(one["number"]) for one in self._rows()), default=0)

    def _rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = requests.get(self._list, timeout=10).json()
        return found

    def _read(self, row: dict[str, Any]) -> Letter:
        base = self._list.removesuffix(".json")
        whole = requests.get(f"{base}/{row['number']}.json", timeout=10).json()
        return Letter(int(row["number"]), str(whole["to"]), whole["subject"], whole["text"], whole["html"])
