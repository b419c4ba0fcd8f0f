"""A person whose link to set a password has expired asks for a new one."""

from portal.acts.admission import admit_stranger
from portal.acts.origin import Origin
from portal.model.effects import EffectKind
from portal.services import Services
from portal.store import outbox


def send_again(services: Services, email: str, origin: Origin) -> None:
    """Takes the wish in; the worker sends a link, or mails what else is so. The same answer for everybody.

    Raises TooManyAttempts.
    """
    address = email.strip().lower()
    with services.sessions.begin() as session:
        admit_stranger(services, session, "new-link", address, origin)
        at = services.clock()
        outbox.add(session, EffectKind.SEND_LINK, address, {"email": address, "origin": origin.address}, at)
