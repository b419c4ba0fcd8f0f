"""An approver approves or rejects several requests together: each is judged, done and reported singly."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from directory.errors import DirectoryUnavailable
from portal.acts.decide import Decision, decide_without_waiting
from portal.acts.origin import Origin
from portal.model.effects import Effect
from portal.rules.actor import ActingAs
from portal.rules.errors import NotReached, PortalFault
from portal.services import Services

AT_MOST = timedelta(seconds=20)
"""No decision is begun after this: however slow Keycloak is, the person is told what became of each."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request out of several: `fault` is None when it was decided as asked."""

    request_id: UUID
    fault: PortalFault | None
    effect: Effect | None = None


def decide_many(
    services: Services,
    asked_by: ActingAs,
    request_ids: Sequence[UUID],
    decision: Decision,
    reason: str,
    origin: Origin,
    within: timedelta = AT_MOST,
) -> list[Outcome]:
    """Decides each by itself: one that is refused, or that Keycloak fails, holds up none of the rest.

    The worker applies the first while the next are judged; at the end all are waited for together.
    """
    until = time.monotonic() + within.total_seconds()
    outcomes = [
        _outcome(services, asked_by, one, decision, reason, origin)
        if time.monotonic() < until
        else Outcome(one, NotReached(str(one)))
        for one in dict.fromkeys(request_ids)
    ]
    services.wait([one.effect.id for one in outcomes if one.effect])
    return outcomes


def _outcome(
    services: Services, asked_by: ActingAs, request_id: UUID, decision: Decision, reason: str, origin: Origin
) -> Outcome:
    try:
        effect = decide_without_waiting(services, asked_by, request_id, decision, reason, origin)
    except PortalFault as fault:
        return Outcome(request_id, fault)
    except DirectoryUnavailable:
        # Keycloak is asked before anything is written: the request is as it was.
        return Outcome(request_id, NotReached(str(request_id)))
    return Outcome(request_id, None, effect)
