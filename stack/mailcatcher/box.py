"""The folder of caught mails: one numbered file each, so that a restart keeps them."""

import email
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from typing import Any

_LINK_IN_HTML = re.compile(r"""<a\s[^>]*?href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_LINK_IN_TEXT = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Mail:
    """A caught mail. `number` counts from 1 in the order of arrival and is never given twice."""

    number: int
    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    received: datetime
    text: str
    html: str

    @property
    def links(self) -> list[str]:
        """Every web address in the mail, once each, in the order met."""
        found = [unescape(link) for link in _LINK_IN_HTML.findall(self.html)]
        found += [link.rstrip(".,;)") for link in _LINK_IN_TEXT.findall(self.text)]
        return list(dict.fromkeys(link for link in found if link.startswith(("http://", "https://"))))

    def summary(self) -> dict[str, Any]:
        """What the list shows of it, as JSON takes it."""
        return {
            "id": self.number,
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "message_id": self.message_id,
            "received": self.received.isoformat(),
        }

    def as_json(self) -> dict[str, Any]:
        """The whole mail, as JSON takes it."""
        return self.summary() | {"text": self.text, "html": self.html, "links": self.links}


class MailNotFound(LookupError):
    """No caught mail has this number."""


class Box:
    """The caught mails in `folder`, which is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._last = max(self._numbers(), default=0)
        self._read: dict[int, Mail] = {}

    def add(self, sender: str, recipients: list[str], content: bytes) -> int:
        """Keeps a mail, whole and on the disk before it returns its number."""
        self._last += 1
        envelope = (
            f"X-Envelope-From: {_one_line(sender)}\r\n"
            f"X-Envelope-To: {_one_line(', '.join(recipients))}\r\n"
            f"X-Received-At: {datetime.now(UTC).isoformat(timespec='milliseconds')}\r\n"
        )
        unfinished = self.folder / f"{self._last:06}.part"
        with unfinished.open("wb") as file:
            file.write(envelope.encode() + content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._path(self._last))
        return self._last

    def mails(self) -> list[Mail]:
        """Every mail, the newest first."""
        return [self.mail(number) for number in sorted(self._numbers(), reverse=True)]

    def mail(self, number: int) -> Mail:
        """Read from its file once, as no mail changes. Raises MailNotFound."""
        path = self._path(number)
        if not path.exists():
            raise MailNotFound(number)
        if number not in self._read:
            message = email.message_from_bytes(path.read_bytes(), policy=default)
            self._read[number] = _parse(number, message)
        return self._read[number]

    def empty(self) -> None:
        """Deletes every mail; numbers go on from where they were until the program ends."""
        for number in self._numbers():
            self._path(number).unlink(missing_ok=True)
        self._read.clear()

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.eml"

    def _numbers(self) -> list[int]:
        return [int(path.stem) for path in self.folder.glob("*.eml")]


def _parse(number: int, message: EmailMessage) -> Mail:
    return Mail(
        number=number,
        sender=str(message["X-Envelope-From"]),
        recipients=tuple(str(message["X-Envelope-To"]).split(", ")),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")),
        received=datetime.fromisoformat(str(message["X-Received-At"])),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)


def _one_line(value: str) -> str:
    return " ".join(value.split())
