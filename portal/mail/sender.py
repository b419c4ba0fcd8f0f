"""Hands one message to the mail server, and says plainly what came of it."""

import smtplib
from email.message import EmailMessage
from typing import Protocol


class MailRefused(Exception):
    """The mail server will never take this message for this address; the text says why."""


class MailUnavailable(Exception):
    """The mail server can't be reached, or doesn't take it for now.

    `answered` is whether it said so itself.
    """

    def __init__(self, why: str, *, answered: bool) -> None:
        super().__init__(why)
        self.answered = answered


class Sender(Protocol):
    """Takes messages to the mail server."""

    def send(self, message: EmailMessage) -> None:
        """Returns when the mail server has taken it. Raises MailRefused or MailUnavailable."""


class SmtpSender:
    """Speaks SMTP, one connection a message. `timeout` is in seconds, for each answer waited for."""

    def __init__(self, host: str, port: int, timeout: float = 10.0) -> None:
        self._host, self._port, self._timeout = host, port, timeout

    def send(self, message: EmailMessage) -> None:
        """Returns when the mail server has taken it. Raises MailRefused or MailUnavailable."""
        try:
            with smtplib.SMTP(self._host, self._port, timeout=self._timeout) as smtp:
                smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, text = next(iter(refused.recipients.values()))
            raise _outcome(code, text) from refused
        except smtplib.SMTPResponseException as refused:
            raise _outcome(refused.smtp_code, refused.smtp_error) from refused
        except (OSError, smtplib.SMTPException) as fault:
            raise MailUnavailable(f"{type(fault).__name__}: {fault}", answered=False) from fault


def _outcome(code: int, text: bytes | str) -> MailRefused | MailUnavailable:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if 500 <= code < 600:
        return MailRefused(f"{code} {words}")
    return MailUnavailable(f"{code} {words}", answered=code > 0)
