"""Makes the message that goes out: the same words as plain text and as HTML in the NHS style."""

from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from portal.mail.theirs import quoted
from portal.mail.words import WORDS
from portal.model.mail import Mail
from portal.rules.invitations import link_token
from portal.settings import WorkerSettings

SENDER_NAME = "CQRS"
_templates = Environment(
    loader=PackageLoader("portal.mail"),
    autoescape=select_autoescape(["html.jinja"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["quoted"] = quoted


def render(mail: Mail, settings: WorkerSettings) -> EmailMessage:
    """The message of this row, always the same for the same row."""
    words = WORDS[mail.kind](_with_secret(mail.context, settings))
    facts = {"words": words, "settings": settings}
    message = EmailMessage()
    message["Subject"] = " ".join(words.subject.split())[:200]
    message["From"] = _from(settings)
    message["To"] = mail.to_address
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_templates.get_template("message.txt.jinja").render(facts))
    message.add_alternative(_templates.get_template("message.html.jinja").render(facts), subtype="html")
    return message


def _with_secret(context: Mapping[str, Any], settings: WorkerSettings) -> Mapping[str, Any]:
    """What a message about an invitation says, with the secret of its link, which no row keeps."""
    if "invitation_id" not in context:
        return context
    identity, round_ = UUID(context["invitation_id"]), int(context["round"])
    return {**context, "token": link_token(settings.secret_key, identity, round_)}


def _from(settings: WorkerSettings) -> Address:
    return Address(SENDER_NAME, addr_spec=settings.mail_from)
