"""The Service Desk ends an approved request whose role can't be given any more, and the applicant is told."""

from uuid import UUID

from portal.acts.origin import Origin
from portal.acts.resend import service_desk_now
from portal.casework.closing import Closing, close
from portal.effects import tell_requester
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import ActingAs
from portal.rules.errors import NothingFound
from portal.services import Services


def end_request(services: Services, asked_by: ActingAs, request_id: UUID, origin: Origin) -> AccessRequest:
    """Ends it for the reason that it couldn't be applied for. Raises NotAllowed, NothingFound.

    Who ended it takes the place of who approved it, whom the audit still names.
    """
    actor = service_desk_now(services, asked_by)
    with services.sessions.begin() as session:
        request = session.get(AccessRequest, request_id, with_for_update=True)
        if request is None or not request.could_not_be_applied:
            raise NothingFound(str(request_id))
        closing = Closing(RequestState.LAPSED, services.clock(), request.problem, actor, origin.address)
        ended = close(services, session, request_id, closing, RequestState.APPROVED)
        tell_requester.queue(session, ended, closing.at)
    return ended
