"""What people type, cleaned and checked with messages that say what to do.

Names and e-mail addresses keep to what Keycloak's user profile accepts, so that nobody is approved whose
account can't be made.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from wtforms import Field, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import StopValidation

from portal.acts.reasons import LONGEST
from portal.rules.names import name_problem

EMAIL_LIMIT = 254
EMAIL = re.compile(r"[a-z0-9_+'-]+(\.[a-z0-9_+'-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
Check = Callable[[Any, Field], None]


def option(value: str, label: str) -> Any:
    """One of those that a field has to choose from."""
    return SelectChoice(value, label)


def one_line(text: str | None) -> str:
    """Text without control characters, its spaces single: what a line pasted from anywhere means."""
    kept = "".join(
        c if unicodedata.category(c)[0] != "C" else " " for c in unicodedata.normalize("NFC", text or "")
    )
    return " ".join(kept.split())


def lines(text: str | None) -> str:
    """Longer text without control characters but with its line ends, each counted as one character."""
    clean = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in clean if c == "\n" or unicodedata.category(c)[0] != "C").strip()


def email_address(text: str | None) -> str:
    """An e-mail address in the form we compare: lower case, no spaces around, no invisible characters."""
    return one_line(text).lower()


def needed(message: str) -> Check:
    """An empty answer gets this message and no other."""

    def check(_form: Any, field: Field) -> None:
        if not field.data:
            raise StopValidation(message)

    return check


def at_most(limit: int, what: str) -> Check:
    """A longer answer is told how long it may be."""

    def check(_form: Any, field: Field) -> None:
        if len(field.data or "") > limit:
            raise StopValidation(f"{what} must be {limit} characters or fewer")

    return check


def person_name(what: str) -> Check:
    """A name as `rules.names` has it."""

    def check(_form: Any, field: Field) -> None:
        if problem := name_problem(field.data):
            raise StopValidation(f"{what} {problem}")

    return check


def like_an_email(_form: Any, field: Field) -> None:
    """An address that mail can be sent to, by its form."""
    if not EMAIL.fullmatch(field.data) or len(field.data.split("@")[0]) > 64:
        raise StopValidation("Enter an email address in the correct format, like name@nhs.net")


class EmailField(StringField):
    """An e-mail address, in lower case; `whose` it is, as a message to the reader says it."""

    def __init__(self, label: str, whose: str = "your", **options: Any) -> None:
        checks = [
            needed(f"Enter {whose} email address"),
            at_most(EMAIL_LIMIT, "Email address"),
            like_an_email,
        ]
        super().__init__(label, checks, filters=[email_address], **options)


class NameField(StringField):
    """A person's first or last name, likewise."""

    def __init__(self, label: str, whose: str = "your", **options: Any) -> None:
        checks = [needed(f"Enter {whose} {label.lower()}"), person_name(label)]
        super().__init__(label, checks, filters=[one_line], **options)


class SearchField(StringField):
    """What is looked for; anything at all may be typed."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, filters=[one_line], **options)


class ReasonField(TextAreaField):
    """A reason of at most `limit` characters; it may be left out unless `missing` is the message for that."""

    limit = LONGEST

    def __init__(self, label: str, missing: str = "", **options: Any) -> None:
        checks = [needed(missing)] if missing else []
        super().__init__(label, [*checks, at_most(self.limit, "Reason")], filters=[lines], **options)
