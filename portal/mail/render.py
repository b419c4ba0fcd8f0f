"""Makes the message that goes out: the same words as plain text and as HTML in the NHS style."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from portal.mail.theirs import quoted
from portal.mail.words import WORDS
from portal.model.mail import Mail
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
    words = WORDS[mail.kind](mail.context)
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


def _from(settings: WorkerSettings) -> Address:
    return Address(SENDER_NAME, addr_spec=settings.mail_from)
