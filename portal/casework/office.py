"""Who did something to somebody's access, as that person is told: the office, not the name."""

from directory.vocabulary import Role
from portal.casework.audit_events import Author
from portal.casework.current_state import organisation_now
from portal.rules.errors import NothingFound
from portal.rules.roles import ADMINISTRATOR_ROLES
from portal.services import Services


def office(author: Author, organisation: str) -> str:
    """The service desk, or an approver or administrator for the organisation of this name."""
    if author["actor_role"] == Role.SERVICE_DESK.value:
        return "The service desk"
    administers = author["actor_role"] in {role.value for role in ADMINISTRATOR_ROLES}
    return f"An {'administrator' if administers else 'approver'} for {organisation}"


def own_office(services: Services, author: Author) -> str:
    """The same, for the organisation that the author acted for."""
    code = author["actor_organisation"]
    if not code:
        return office(author, "")
    try:
        return office(author, organisation_now(services, code).name)
    except NothingFound:
        return office(author, code)
