"""An approver approves or rejects a request, once."""

from enum import StrEnum
from functools import partial
from uuid import UUID

from directory.concurrently import concurrently
from portal.acts.origin import Origin
from portal.acts.reasons import needed_reason, optional_reason
from portal.casework.closing import Closing, close, find, raise_if_closed
from portal.casework.current_state import GrantBasis, actor_now, ask_of, grant_basis, has_active_approver
from portal.effects import grant
from portal.effects.runner import run_due
from portal.effects.table import APPLIERS
from portal.model.effects import EffectKind
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import Actor
from portal.rules.decisions import may_decide
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Verdict
from portal.services import Services
from portal.store import outbox


class Decision(StrEnum):
    """What an approver may answer."""

    APPROVE = "approve"
    REJECT = "reject"

    @property
    def state(self) -> RequestState:
        """What the request becomes."""
        return RequestState.APPROVED if self is Decision.APPROVE else RequestState.REJECTED


FOLLOWS = {
    RequestState.APPROVED: EffectKind.GRANT,
    RequestState.REJECTED: EffectKind.TELL_REQUESTER,
}


def decide(
    services: Services, actor: Actor, request_id: UUID, decision: Decision, reason: str, origin: Origin
) -> AccessRequest:
    """Decides the request; what follows is done at once as far as Keycloak answers, else by the worker.

    Rights are judged on Keycloak's state read just before the claim, and a grant that follows at once rests
    on the same; a later one looks again. What changes in the milliseconds between is as if it had come just
    after the decision.
    Raises NotAllowed, AlreadyDecided, RequestNotFound, and ReasonNeeded for a rejection without a reason.
    """
    words = needed_reason(reason) if decision is Decision.REJECT else optional_reason(reason)
    request = find(services, request_id)
    now, basis = _judged(services, actor, request, decision)
    _write(services, request_id, Closing(decision.state, services.clock(), words, now, origin.address))
    granting = {EffectKind.GRANT: partial(grant.apply, decided_on=basis)}
    run_due(services, request.email, appliers={**APPLIERS, **granting})
    return find(services, request_id)


def judge(services: Services, actor: Actor, request: AccessRequest) -> GrantBasis:
    """What a decision would rest on, when the actor may make one at this moment.

    Raises NotAllowed, or AlreadyDecided to somebody who might have decided it.
    """
    _now, basis = _judged(services, actor, request, Decision.REJECT)
    return basis


def _judged(
    services: Services, actor: Actor, request: AccessRequest, decision: Decision
) -> tuple[Actor, GrantBasis]:
    now, basis = concurrently(
        lambda: actor_now(services, actor.id, actor.holding), lambda: grant_basis(services, request)
    )
    approver = has_active_approver(services, basis.organisation, request)
    verdict = may_decide(ask_of(request, basis.organisation), now, approver)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    raise_if_closed(request)
    if decision is Decision.APPROVE and basis.barred:
        raise NotAllowed(Verdict(basis.barred))
    return now, basis


def _write(services: Services, request_id: UUID, closing: Closing) -> AccessRequest:
    with services.sessions.begin() as session:
        decided = close(services, session, request_id, closing)
        payload = {"request_id": str(decided.id), "author": closing.author}
        outbox.add(session, FOLLOWS[closing.state], decided.email, payload, closing.at)
    return decided
