"""Who may decide a request at this moment, by Keycloak's current state."""

from collections.abc import Callable
from functools import cache

from directory.vocabulary import ApprovalLevel, Organisation, OrganisationStatus, Role, Standing
from portal.casework.current_state import organisation_asked, organisation_now
from portal.model.requests import AccessRequest
from portal.rules.errors import NothingFound
from portal.rules.mailboxes import is_same
from portal.rules.routing import ActivePeople, Rung, holding_rung, next_rung, rungs
from portal.rules.scope import is_listed
from portal.services import Services


def has_active_approver(services: Services, organisation: Organisation, request: AccessRequest) -> bool:
    """Whether a Provider Approver other than the applicant is there and not disabled.

    Keycloak is asked for a multi-level provider only: others have no such role.
    """
    if organisation.approval_level is ApprovalLevel.SINGLE or not organisation.is_provider:
        return False
    holders = services.reader.holders(organisation, Role.PROVIDER_APPROVER)
    return any(holder.is_active and not is_applicant(request, holder) for holder in holders)


def people_on(services: Services, rung: Rung) -> list[Standing]:
    """Who holds the rung's role exactly there now and is not disabled.

    Nobody at an organisation that has closed or is gone: their role has no powers.
    """
    if rung.role is Role.SERVICE_DESK:
        return [holder for holder in services.reader.service_desk() if holder.is_active]
    try:
        place = organisation_now(services, rung.path[-1])
    except NothingFound:
        return []
    holders = [] if place.status is OrganisationStatus.CLOSED else services.reader.holders(place, rung.role)
    return [holder for holder in holders if holder.is_active]


class EligibleApprovers:
    """Whom requests are with now. One object remembers the people it read, for one piece of work."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.people: Callable[[Rung], list[Standing]] = cache(lambda rung: people_on(services, rung))

    def rung_of(self, organisation: Organisation, request: AccessRequest) -> Rung:
        """The rung that the request is with."""
        return holding_rung(rungs(organisation, request.role), self._others(organisation, request))

    def rung_above(self, organisation: Organisation, request: AccessRequest, held: Rung) -> Rung | None:
        """The rung that an unanswered request goes to as well; None when there is none above."""
        return next_rung(rungs(organisation, request.role), held, self._others(organisation, request))

    def on(self, rung: Rung, organisation: Organisation, request: AccessRequest) -> list[Standing]:
        """The rung's people for that organisation without the applicant."""
        return [one for one in self.reaching(rung, organisation) if not is_applicant(request, one)]

    def reaching(self, rung: Rung, organisation: Organisation) -> list[Standing]:
        """The rung's people without those whose clusters keep them from that organisation."""
        return [one for one in self.people(rung) if _reaches(one, organisation)]

    def _others(self, organisation: Organisation, request: AccessRequest) -> ActivePeople:
        return lambda rung: [standing.person.id for standing in self.on(rung, organisation, request)]


def _reaches(holder: Standing, organisation: Organisation) -> bool:
    return any(is_listed(held, organisation.path) for held in holder.holdings)


def is_applicant(request: AccessRequest, standing: Standing) -> bool:
    """Whether this is the person the request is for, by account or by mailbox."""
    return standing.person.id == request.person_id or is_same(standing.person.email, request.email)


def rung_now(services: Services, request: AccessRequest) -> tuple[Rung, list[Standing]]:
    """Whom the request is with at this moment, and the people who are that."""
    approvers, organisation = EligibleApprovers(services), organisation_asked(services, request)
    rung = approvers.rung_of(organisation, request)
    return rung, approvers.on(rung, organisation, request)
