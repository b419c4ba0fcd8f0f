"""Limits how often those who aren't signed in may ask for something, for each network and e-mail address."""

import hashlib
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.acts.origin import Origin
from portal.services import Services
from portal.store import attempts

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def admit_stranger(services: Services, session: Session, action: str, email: str, origin: Origin) -> None:
    """Counts this attempt, in the caller's transaction. Raises TooManyAttempts, the same for everybody.

    The e-mail address is counted by its hash: the table is no list of who tried.
    """
    at, settings = services.clock(), services.settings
    if origin.address:
        attempts.admit(session, f"{action}:network", origin.address, settings.register_limit, HOUR, at)
    person = hashlib.sha256(email.encode()).hexdigest()
    attempts.admit(session, f"{action}:address", person, settings.address_limit, DAY, at)
