"""The Service Desk ends an approved request whose role can't be given any more, and the applicant is told."""

from uuid import UUID

from portal.acts.origin import Origin
from portal.acts.resend import service_desk_now
from portal.casework.closing import Closing, close
from portal.effects.runner import run_due
from portal.model.effects import EffectKind
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import Actor
from portal.rules.errors import NothingFound
from portal.services import Services
from portal.store import outbox


def end_request(services: Services, actor: Actor, request_id: UUID, origin: Origin) -> AccessRequest:
    """Ends it for the reason that it couldn't be applied for. Raises NotAllowed, NothingFound.

    Who ended it takes the place of who approved it, whom the audit still names.
    """
    now = service_desk_now(services, actor)
    with services.sessions.begin() as session:
        request = session.get(AccessRequest, request_id, with_for_update=True)
        if request is None or not request.could_not_be_applied:
            raise NothingFound(str(request_id))
        closing = Closing(RequestState.LAPSED, services.clock(), request.problem, now, origin.address)
        ended = close(services, session, request_id, closing, RequestState.APPROVED)
        outbox.about_request(session, EffectKind.TELL_REQUESTER, ended.email, ended.id, closing.at)
    run_due(services, ended.email)
    return ended
