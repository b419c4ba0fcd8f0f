"""A person says whether they want our e-mails."""

from portal.casework.current_state import actor_now
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store import mirror


def set_wants_email(services: Services, person_id: str, wants: bool) -> None:
    """Keeps it in Keycloak, and in the mirror at once.

    Raises NotAllowed for the disabled and locked, and DirectoryUnavailable, and then it may be asked again.
    """
    standing = actor_now(services, person_id, None).standing
    if not standing.is_active:
        raise NotAllowed(Verdict(Refusal.LOCKED if standing.locked else Refusal.DISABLED))
    services.writer.set_wants_email(person_id, wants)
    standing = services.reader.standing(person_id)
    with services.sessions.begin() as session:
        mirror.refresh_person(session, standing)
