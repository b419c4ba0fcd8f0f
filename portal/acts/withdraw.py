"""A person takes back their own request."""

from uuid import UUID

from portal.acts.origin import Origin
from portal.casework.closing import Closing, close, request_now
from portal.casework.current_state import actor_now
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import ActingAs
from portal.rules.errors import RequestNotFound
from portal.services import Services


def withdraw(services: Services, person_id: str, request_id: UUID, origin: Origin) -> AccessRequest:
    """Raises RequestNotFound when it isn't theirs, AlreadyDecided when an approver was first."""
    actor = actor_now(services, ActingAs(person_id))
    request = request_now(services, request_id)
    if not request.is_of(actor.standing.person):
        raise RequestNotFound(str(request_id))
    closing = Closing(RequestState.WITHDRAWN, services.clock(), "", actor, origin.address)
    with services.sessions.begin() as session:
        return close(services, session, request_id, closing)
