"""An approver approves or rejects several requests together: each is judged, done and reported singly."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from directory.errors import DirectoryUnavailable
from portal.acts.decide import Decision, decide
from portal.acts.origin import Origin
from portal.rules.actor import Actor
from portal.rules.errors import NotReached, PortalFault
from portal.services import Services

AT_MOST = timedelta(seconds=20)
"""No decision is begun after this: however slow Keycloak is, the person is told what became of each."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request out of several: `fault` is None when it was decided as asked."""

    request_id: UUID
    fault: PortalFault | None


def decide_many(
    services: Services,
    actor: Actor,
    request_ids: Sequence[UUID],
    decision: Decision,
    reason: str,
    origin: Origin,
    within: timedelta = AT_MOST,
) -> list[Outcome]:
    """Decides each by itself: one that is refused, or that Keycloak fails, holds up none of the rest."""
    until = time.monotonic() + within.total_seconds()
    return [
        _outcome(services, actor, one, decision, reason, origin)
        if time.monotonic() < until
        else Outcome(one, NotReached(str(one)))
        for one in dict.fromkeys(request_ids)
    ]


def _outcome(
    services: Services, actor: Actor, request_id: UUID, decision: Decision, reason: str, origin: Origin
) -> Outcome:
    try:
        decide(services, actor, request_id, decision, reason, origin)
    except PortalFault as fault:
        return Outcome(request_id, fault)
    except DirectoryUnavailable:
        # Keycloak is asked before anything is written: the request is as it was.
        return Outcome(request_id, NotReached(str(request_id)))
    return Outcome(request_id, None)
