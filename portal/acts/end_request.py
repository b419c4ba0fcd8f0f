"""The Service Desk ends an approved request whose role can't be given any more, and the applicant is told."""

from uuid import UUID

from portal.acts.origin import Origin
from portal.acts.resend import service_desk_now
from portal.closing import Closing, closed
from portal.effects.runner import run_due
from portal.faults import NothingFound
from portal.model.effects import EffectKind
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import Actor
from portal.services import Services
from portal.store import audit, outbox


def end_request(services: Services, actor: Actor, request_id: UUID, origin: Origin) -> AccessRequest:
    """Ends it for the reason that it couldn't be applied for. Raises NotAllowed, NothingFound."""
    now = service_desk_now(services, actor)
    with services.sessions.begin() as session:
        request = session.get(AccessRequest, request_id, with_for_update=True)
        if request is None or not request.could_not_be_applied:
            raise NothingFound(str(request_id))
        closing = Closing(RequestState.LAPSED, services.clock(), request.problem, now, origin.address)
        event = closed(request, closing, request.state)
        _close(request, closing)
        outbox.about_request(session, EffectKind.TELL_REQUESTER, request.email, request.id, closing.at)
        audit.append(session, event, closing.at)
    run_due(services, request.email)
    return request


def _close(request: AccessRequest, closing: Closing) -> None:
    """Who ended it takes the place of who approved it, whom the audit still names."""
    request.state, request.decided_at, request.decision_reason = closing.state, closing.at, closing.reason
    request.decided_by, request.decided_by_name, request.decided_as = (
        closing.by,
        closing.by_name,
        closing.role,
    )
