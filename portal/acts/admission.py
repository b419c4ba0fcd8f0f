"""Limits how often anybody may ask for something: strangers by network and e-mail, people by account.

By the true time: a moved date that is moved back would leave what was counted ahead of everybody.
"""

import hashlib
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy.orm import Session

from portal.acts.origin import Origin
from portal.rules.mailboxes import mailbox
from portal.services import Services
from portal.store import attempts
from portal.store.straight import Straight

MINUTE = timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE_CLIENT = 64
"""How many leading bits of an IPv6 address one client is given: it chooses the others as it likes."""


def admit_stranger(services: Services, session: Session, action: str, email: str, origin: Origin) -> None:
    """Counts this attempt, in the caller's transaction. Raises TooManyAttempts, the same for everybody.

    The e-mail address is counted by its mailbox, which many ways of writing it fill, and by the hash of that:
    the table is no list of who tried. Whatever a stranger may have mailed to it is counted together.
    """
    at, settings = services.true_time(), services.settings
    if origin.address:
        network = network_of(origin.address)
        attempts.admit(session, f"{action}:network", network, settings.register_limit, HOUR, at)
    attempts.admit(session, "stranger:address", _hashed(email), settings.address_limit, DAY, at)


def admit_browser(services: Services, straight: Straight, origin: Origin) -> None:
    """Counts a sign-in or a form that a stranger begins. Raises TooManyAttempts.

    With the power goes a minute's count.
    """
    limit, network = services.settings.signin_limit, network_of(origin.address)
    attempts.admit_by_itself(straight, "signin:network", network, limit, MINUTE, services.true_time())


def _hashed(email: str) -> str:
    return hashlib.sha256(mailbox(email).encode()).hexdigest()


def admit_person(services: Services, session: Session, action: str, person_id: str) -> None:
    """Counts a signed-in person's attempt, in the caller's transaction. Raises TooManyAttempts."""
    limit = services.settings.ask_limit
    attempts.admit(session, f"{action}:person", person_id, limit, DAY, services.true_time())


def admit_inviter(services: Services, session: Session, action: str, person_id: str) -> None:
    """Counts what somebody who invites does with an address. Raises TooManyAttempts."""
    limit = services.settings.invite_limit
    attempts.admit(session, f"{action}:person", person_id, limit, DAY, services.true_time())


def admit_address(services: Services, session: Session, action: str, email: str) -> None:
    """Counts a message that somebody has sent to an address, whoever they are. Raises TooManyAttempts."""
    limit = services.settings.address_limit
    attempts.admit(session, f"{action}:address", _hashed(email), limit, DAY, services.true_time())


def admit_links(services: Services, session: Session, person_id: str, count: int) -> None:
    """Counts the mails with a link to register that somebody has sent. Raises TooManyAttempts."""
    limit, at = services.settings.link_limit, services.true_time()
    for _ in range(count):
        attempts.admit(session, "links:person", person_id, limit, DAY, at)


def network_of(address: str) -> str:
    """What one client can't leave: an IPv4 address, or the /64 of an IPv6 one; other text as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), ONE_CLIENT), strict=False))
