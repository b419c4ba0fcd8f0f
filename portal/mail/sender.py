"""Hands one message to the mail server, and says plainly what came of it."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Protocol

from portal.settings import MailSecurity

FAREWELL = 1.0
"""How many seconds to wait for the answer to QUIT."""
OK, FORWARDED = 250, 251
UNAUTHENTICATED = 530
"""Some servers say only when they hear the recipient that we should have signed in."""


class MailRefused(Exception):
    """The mail server will never take this message, or never for this address; the text says why."""


class MailUnavailable(Exception):
    """The mail server can't be reached, takes nothing from us, or doesn't take this for now.

    `answered` is whether it said so itself.
    """

    def __init__(self, why: str, *, answered: bool) -> None:
        super().__init__(why)
        self.answered = answered


class Sender(Protocol):
    """Takes messages to the mail server."""

    def send(self, message: EmailMessage) -> None:
        """Returns when the mail server has taken it. Raises MailRefused or MailUnavailable."""

    def check(self, sender: str, address: str) -> None:
        """Returns when the mail server would take a message to this address. Raises as `send` does."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a mail server is spoken to: encrypted or not, and as which of its users, if any.

    Encrypted means that it shows a certificate for its name, of an authority that this machine trusts.
    """

    security: MailSecurity = MailSecurity.NONE
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpSender:
    """Speaks SMTP, one connection a message. `timeout` is in seconds, for each answer waited for."""

    def __init__(self, host: str, port: int, timeout: float = 10.0, way: Way | None = None) -> None:
        self._host, self._port, self._timeout = host, port, timeout
        self._way = way or Way()

    def send(self, message: EmailMessage) -> None:
        """Returns when the mail server has taken it. Raises MailRefused or MailUnavailable."""
        with self._conversation() as smtp:
            smtp.send_message(message)
            smtp.take_leave()

    def check(self, sender: str, address: str) -> None:
        """Says whom a message would be from and to, and no more. Raises MailRefused or MailUnavailable."""
        with self._conversation() as smtp:
            smtp.name_both(sender, address)
            smtp.take_leave()

    @contextmanager
    def _conversation(self) -> Iterator["_Conversation"]:
        """One connection, with what goes wrong in it said in our words."""
        try:
            kind = _Encrypted if self._way.security is MailSecurity.TLS else _Conversation
            with closing(kind(self._host, self._port, timeout=self._timeout)) as smtp:
                smtp.introduce_us(self._way)
                yield smtp
        except smtplib.SMTPRecipientsRefused as refused:
            code, text = next(iter(refused.recipients.values()))
            raise _about_the_message(code, text) from refused
        except smtplib.SMTPDataError as refused:
            raise _about_the_message(refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPResponseException as fault:
            raise _about_us(fault.smtp_code, fault.smtp_error) from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise MailUnavailable(f"{type(fault).__name__}: {fault}", answered=False) from fault


class _Conversation(smtplib.SMTP):
    """One connection, in which SMTPDataError is only ever said of a message that the server has read."""

    def introduce_us(self, way: Way) -> None:
        """Goes on in private where that is wanted, and says who we are where we have a name."""
        if way.security is MailSecurity.STARTTLS:
            self.starttls(context=ssl.create_default_context())
        if way.user:
            self.login(way.user, way.password)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hands the message over. The command itself may be refused before a word of it was read."""
        try:
            return super().data(msg)
        except smtplib.SMTPDataError as early:
            raise smtplib.SMTPResponseException(early.smtp_code, early.smtp_error) from early

    def name_both(self, sender: str, address: str) -> None:
        """Raises what `sendmail` raises when the server refuses one of the two."""
        self.ehlo_or_helo_if_needed()
        code, text = self.mail(sender)
        if code != OK:
            raise smtplib.SMTPSenderRefused(code, text, sender)
        code, text = self.rcpt(address)
        if code not in {OK, FORWARDED}:
            raise smtplib.SMTPRecipientsRefused({address: (code, text)})

    def take_leave(self) -> None:
        """Says QUIT. The message is the server's by now, whatever it answers or doesn't."""
        with suppress(OSError, smtplib.SMTPException):
            if self.sock:
                self.sock.settimeout(FAREWELL)
            self.quit()


class _Encrypted(_Conversation):
    """Private from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        plain = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _about_the_message(code: int, text: bytes | str) -> MailRefused | MailUnavailable:
    """The server has looked at whom it is for, or has read it: a 5xx is its last word."""
    if 500 <= code < 600 and code != UNAUTHENTICATED:
        return MailRefused(f"{code} {_words(text)}")
    return _about_us(code, text)


def _about_us(code: int, text: bytes | str) -> MailUnavailable:
    """The server, or our way to it, isn't in order. Whatever the code, somebody will mend it."""
    return MailUnavailable(f"{code} {_words(text)}", answered=code > 0)


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
