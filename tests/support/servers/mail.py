"""The mails that a test's servers caught, read as a person would: by the page's JSON."""

import time
from typing import Any

import requests


class NoSuchMail(AssertionError):
    """No mail of this kind came in time."""


class CaughtMail:
    """The mail catcher at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def to(self, address: str) -> list[dict[str, Any]]:
        """Every mail to this address, the newest first, whole."""
        found = requests.get(f"{self.url}/messages.json", params={"to": address}, timeout=60).json()
        return [requests.get(f"{self.url}/messages/{mail['id']}.json", timeout=60).json() for mail in found]

    def wait_for(self, address: str, subject: str = "", seconds: float = 60) -> dict[str, Any]:
        """The newest mail to this address whose subject has `subject` in it. Raises NoSuchMail."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for mail in self.to(address):
                if subject in mail["subject"]:
                    return mail
            time.sleep(0.1)
        raise NoSuchMail(f"No mail to {address} about {subject!r} in {seconds} s")
