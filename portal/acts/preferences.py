"""A person says whether they want our e-mails."""

from portal.services import Services
from portal.store import mirror


def set_wants_email(services: Services, person_id: str, wants: bool) -> None:
    """Keeps it in Keycloak, and in the mirror at once.

    Raises DirectoryUnavailable, and then it may be asked again.
    """
    services.writer.set_wants_email(person_id, wants)
    standing = services.reader.standing(person_id)
    with services.sessions.begin() as session:
        mirror.refresh_person(session, standing)
