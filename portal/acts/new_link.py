"""A person whose link to set a password has expired, or who has forgotten it, asks for a new one."""

from portal.acts.admission import admit_stranger
from portal.acts.origin import Origin
from portal.effects import send_link
from portal.services import Services


def send_again(services: Services, email: str, origin: Origin, *, forgotten: bool = False) -> None:
    """Takes the wish in; the worker sends a link, or mails what else is so. The same answer for everybody.

    Raises TooManyAttempts.
    """
    address = email.strip().lower()
    with services.sessions.begin() as session:
        admit_stranger(services, session, "new-link", address, origin)
        send_link.queue(session, address, origin.address, services.clock(), forgotten=forgotten)
