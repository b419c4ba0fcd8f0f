"""Does what waits in the outbox: in order for each key, again until done, by any number of threads."""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import Select, exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from directory.errors import DirectoryUnavailable
from directory.trace import named
from portal.effects.effect import payload_of
from portal.model.effects import Effect, EffectKind, Urgency
from portal.services import WorkerServices

ALL_KINDS = frozenset(EffectKind)
EVERY_URGENCY = frozenset(Urgency)
LONGEST_WAIT = timedelta(seconds=5)
"""Between two tries: short, so that what waited is applied soon after Keycloak is back."""
SECONDS = Histogram("cqrs_effect_seconds", "How long an effect took", ["kind"])
FAILURES = Counter(
    "cqrs_effect_failures_total", "Effects that failed and wait, or were refused", ["kind", "parked"]
)
log = structlog.get_logger()


def run_one(
    services: WorkerServices,
    key: str | None = None,
    kinds: Collection[EffectKind] = ALL_KINDS,
    urgencies: Collection[Urgency] = EVERY_URGENCY,
) -> tuple[bool, bool]:
    """Does one effect that is due, of `key` if given and of these kinds and urgencies.

    Whether there was something to do, and whether it was done. What fails waits for its next try and holds up
    its own key only. Raises SQLAlchemyError while the database is away; the outbox keeps what isn't done.
    """
    with services.sessions() as session:
        row = session.scalars(_next(services.clock(), key, kinds, urgencies)).first()
        if row is None:
            return False, False
        with named(row.trace):
            return True, _attempt(services, session, row)


def _attempt(services: WorkerServices, session: Session, row: Effect) -> bool:
    """Whether it was done; what failed is put off."""
    identity = row.id
    try:
        done = _apply(services, session, row)
        session.commit()
    except Exception as fault:
        session.rollback()
        _postpone(services, identity, fault)
        return False
    return done


def _next(
    at: datetime, key: str | None, kinds: Collection[EffectKind], urgencies: Collection[Urgency]
) -> Select[Effect]:
    """The most urgent that is due, and that no earlier one of its key is waiting before; locked for us."""
    earlier = aliased(Effect)
    blocked = exists(
        select(1).where(
            earlier.key == Effect.key,
            earlier.id < Effect.id,
            earlier.done_at.is_(None),
            earlier.parked_at.is_(None),
        )
    )
    statement = select(Effect).where(
        Effect.done_at.is_(None), Effect.parked_at.is_(None), Effect.due_at <= at, ~blocked
    )
    if kinds is not ALL_KINDS:
        statement = statement.where(Effect.kind.in_(kinds))
    if urgencies is not EVERY_URGENCY:
        statement = statement.where(Effect.urgency.in_(urgencies))
    if key is not None:
        statement = statement.where(Effect.key == key)
    first = statement.order_by(Effect.urgency, Effect.id).limit(1)
    return first.with_for_update(skip_locked=True, of=Effect)


def _apply(services: WorkerServices, session: Session, row: Effect) -> bool:
    """Written as done before it is done: an effect that flushes its work leaves only the commit to fail."""
    row.attempts, row.done_at = row.attempts + 1, services.clock()
    with SECONDS.labels(row.kind.value).time():
        wait = payload_of(row).apply(services, session)
    if wait is not None:
        row.done_at, row.due_at = None, services.clock() + wait
    log.info("effect", kind=row.kind.value, effect=row.id, attempts=row.attempts, done=wait is None)
    return wait is None


def _postpone(services: WorkerServices, identity: int, fault: Exception) -> None:
    """Puts the effect off; what Keycloak refused for good, and what we did wrong ourselves, is parked."""
    with services.sessions.begin() as session:
        row = session.get(Effect, identity, with_for_update=True)
        if row is None or row.done_at is not None:
            return
        row.attempts += 1
        row.last_error = f"{type(fault).__name__}: {fault}"[:500]
        row.due_at = services.clock() + _wait(row.attempts)
        if not isinstance(fault, DirectoryUnavailable | SQLAlchemyError):
            row.parked_at = services.clock()
    FAILURES.labels(row.kind.value, str(row.parked_at is not None).lower()).inc()
    log.warning("effect-failed", kind=row.kind.value, effect=identity, error=row.last_error)


def _wait(attempts: int) -> timedelta:
    return min(LONGEST_WAIT, timedelta(seconds=0.25 * 2 ** min(attempts, 10)))
