"""Has Keycloak send a message, and finds out why when it could not.

Keycloak says only that the mail server didn't take the message. So the worker asks that server itself whether
it would: a refused address is then as plain as with our own messages.
"""

from datetime import datetime

from directory.errors import DirectoryRefused, DirectoryUnavailable, MailNotSent
from portal.mail.sender import MailRefused, MailUnavailable
from portal.model.mail import Mail, MailKind
from portal.services import WorkerServices


def send(services: WorkerServices, mail: Mail) -> None:
    """Returns when Keycloak has sent it, now or before. Raises MailRefused or MailUnavailable."""
    person_id, since = mail.context["person_id"], datetime.fromisoformat(mail.context["since"])
    try:
        mail.to_address = services.reader.person(
            person_id
        ).email  # that Keycloak sends it to: it may have changed
        services.writer.send_welcome(person_id, since, forgotten=mail.kind is MailKind.PASSWORD_LINK)
    except MailNotSent as fault:
        services.post.check(services.settings.mail_from, mail.to_address)
        raise MailUnavailable(str(fault), answered=True) from fault
    except DirectoryUnavailable as away:
        raise MailUnavailable(str(away), answered=False) from away
    except DirectoryRefused as refused:
        raise MailRefused(str(refused)) from refused
