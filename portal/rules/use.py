"""Where a person may use a role: what an application is told, by the API, the feed and the token alike."""

from directory.vocabulary import Holding, Organisation, OrganisationStatus, Role, Standing
from portal.rules.accounts import Account
from portal.rules.roles import COMMISSIONER_STAFF
from portal.rules.scope import reaches

EVERYWHERE = Holding(Role.SERVICE_DESK, ())


def is_of_service_desk(standing: Standing) -> bool:
    """Whether the person is, whose account nobody else changes in the portal."""
    return EVERYWHERE in standing.holdings


def counts(account: Account, held: Holding) -> bool:
    """Whether the role has any powers: the account is enabled, and the place it is held at not closed."""
    if not account.standing.is_active:
        return False
    place = account.organisations.get(held.organisation)
    return held == EVERYWHERE or (place is not None and place.status is not OrganisationStatus.CLOSED)


def uses(account: Account, held: Holding, organisation: Organisation) -> bool:
    """Whether the person may use the role at the organisation, by holding it where `held` says.

    A commissioner's role reaches what `rules.scope` says; a provider's the provider that it is held at. What
    has closed has left every scope, the Service Desk's too, which looks after its people all the same.
    """
    if not counts(account, held) or organisation.status is OrganisationStatus.CLOSED:
        return False
    if held == EVERYWHERE:
        return True
    if held.role in COMMISSIONER_STAFF:
        return reaches(held, organisation)
    return organisation.is_provider and organisation.path == held.path
