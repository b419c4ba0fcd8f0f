"""An approver approves or rejects requests, each once."""

from enum import StrEnum
from uuid import UUID

from directory.concurrently import concurrently
from portal.acts.origin import Origin
from portal.acts.reasons import needed_reason, optional_reason
from portal.casework.closing import Closing, close, raise_if_closed, request_now
from portal.casework.current_state import GrantBasis, actor_now, ask_of, grant_basis
from portal.casework.eligible_approvers import has_active_approver
from portal.effects import grant, tell_requester
from portal.model.effects import Effect
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import ActingAs, Actor
from portal.rules.decisions import may_decide
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Verdict
from portal.services import Services


class Decision(StrEnum):
    """What an approver may answer."""

    APPROVE = "approve"
    REJECT = "reject"

    @property
    def state(self) -> RequestState:
        """What the request becomes."""
        return RequestState.APPROVED if self is Decision.APPROVE else RequestState.REJECTED


def decide(
    services: Services, asked_by: ActingAs, request_id: UUID, decision: Decision, reason: str, origin: Origin
) -> AccessRequest:
    """Decides the request, and waits a little for an approval to be applied; the request as it then is.

    Raises what `decide_without_waiting` does.
    """
    effect = decide_without_waiting(services, asked_by, request_id, decision, reason, origin)
    if decision is Decision.APPROVE:
        services.wait([effect.id])
    return request_now(services, request_id)


def decide_without_waiting(
    services: Services, asked_by: ActingAs, request_id: UUID, decision: Decision, reason: str, origin: Origin
) -> Effect:
    """Decides the request; the effect that follows from it.

    Rights are judged on Keycloak's state read just before the claim. The grant looks again: what changes in
    between is as if it had come just after the decision.
    Raises NotAllowed, AlreadyDecided, RequestNotFound, and ReasonNeeded for a rejection without a reason.
    """
    words = needed_reason(reason) if decision is Decision.REJECT else optional_reason(reason)
    request = request_now(services, request_id)
    actor, _basis = _judged(services, asked_by, request, decision)
    closing = Closing(decision.state, services.clock(), words, actor, origin.address)
    with services.sessions.begin() as session:
        decided = close(services, session, request_id, closing)
        if decision is Decision.REJECT:
            return tell_requester.queue(session, decided, closing.at)
        return grant.queue(session, decided, closing.author, closing.at)


def judge(services: Services, asked_by: ActingAs, request: AccessRequest) -> GrantBasis:
    """What a decision would rest on, when the person may make one at this moment.

    Raises NotAllowed, or AlreadyDecided to somebody who might have decided it.
    """
    _actor, basis = _judged(services, asked_by, request, Decision.REJECT)
    return basis


def _judged(
    services: Services, asked_by: ActingAs, request: AccessRequest, decision: Decision
) -> tuple[Actor, GrantBasis]:
    actor, basis = concurrently(lambda: actor_now(services, asked_by), lambda: grant_basis(services, request))
    approver = has_active_approver(services, basis.organisation, request)
    verdict = may_decide(ask_of(request, basis.organisation), actor, approver)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    raise_if_closed(request)
    if decision is Decision.APPROVE and basis.barred:
        raise NotAllowed(Verdict(basis.barred))
    return actor, basis
