"""Why somebody can see an organisation or can't, by Keycloak's present state and the audit's grants."""

from directory.concurrently import concurrently
from directory.vocabulary import Role
from portal.casework.account_now import account_of
from portal.casework.current_state import organisation_now
from portal.rules.why import Why, why
from portal.services import Services
from portal.store.queries import grants


def why_now(services: Services, person_id: str, code: str, role: Role | None = None) -> Why:
    """Each chain, through that role alone if one is named. Raises PersonNotFound, NothingFound."""
    standing, organisation = concurrently(
        lambda: services.reader.standing(person_id), lambda: organisation_now(services, code)
    )
    account = account_of(services, standing, organisation)
    with services.sessions() as session:
        given = grants.given(session, person_id)
    return why(account, organisation, given, role)
