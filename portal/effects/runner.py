"""Does what waits in the outbox: in order for each key, again until done, by any number of processes."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from directory.errors import DirectoryUnavailable
from portal.effects import figures
from portal.effects.table import APPLIERS, Apply
from portal.model.effects import Effect, EffectKind
from portal.services import Services

Appliers = Mapping[EffectKind, Apply]
ALL_KINDS = frozenset(EffectKind)
LONGEST_WAIT = timedelta(seconds=5)
"""Between two tries: short, so that what waited is applied soon after Keycloak is back."""
log = structlog.get_logger()


def run_due(
    services: Services,
    key: str | None = None,
    kinds: Collection[EffectKind] = ALL_KINDS,
    limit: int = 1000,
    appliers: Appliers = APPLIERS,
) -> int:
    """Does what is due, only of `key` if given and of these kinds; how many effects were done.

    `appliers` do each kind: an act that has just read what one of them needs may give it along.
    Of its own `key` it also waits for what another process is doing at this moment. What fails waits for its
    next try and holds up its own key only. Never raises for Keycloak, the mail server or the database being
    away: the outbox keeps what isn't done.
    """
    done = 0
    for _ in range(limit):
        try:
            found, succeeded = _run_one(services, key, kinds, appliers)
        except SQLAlchemyError as fault:
            log.warning("outbox-unreachable", error=str(fault).splitlines()[0])
            return done
        if not found:
            return done
        done += succeeded
    return done


def apply_now(services: Services, effect: Effect) -> bool:
    """Does an effect that was just written, after those before it of its key; whether it is done."""
    run_due(services, effect.key)
    try:
        with services.sessions() as session:
            return session.scalar(select(Effect.done_at).where(Effect.id == effect.id)) is not None
    except SQLAlchemyError:
        return False


def _run_one(
    services: Services, key: str | None, kinds: Collection[EffectKind], appliers: Appliers
) -> tuple[bool, bool]:
    """Whether there was something to do, and whether it was done."""
    with services.sessions() as session:
        effect = _take(services, session, key, kinds)
        if effect is None:
            return False, False
        identity = effect.id
        try:
            done = _apply(services, session, effect, appliers[effect.kind])
            session.commit()
        except Exception as fault:
            session.rollback()
            _postpone(services, identity, fault)
            return True, False
    return True, done


def _take(
    services: Services, session: Session, key: str | None, kinds: Collection[EffectKind]
) -> Effect | None:
    statement = _next(services.clock(), key, kinds)
    taken = session.scalars(statement).first()
    if taken is None and key is not None:
        # Somebody may have done the one that was waited for, and so unblocked the one behind it.
        taken = session.scalars(statement).first()
    return taken


def _next(at: datetime, key: str | None, kinds: Collection[EffectKind]) -> Select[Effect]:
    """The oldest effect that is due, and that no earlier one of its key is waiting before; locked for us."""
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
    if key is not None:
        statement = statement.where(Effect.key == key)
    return statement.order_by(Effect.id).limit(1).with_for_update(skip_locked=key is None, of=Effect)


def _apply(services: Services, session: Session, effect: Effect, apply: Apply) -> bool:
    with figures.timed(effect.kind):
        wait = apply(services, session, effect)
    effect.attempts += 1
    effect.done_at = services.clock() if wait is None else None
    if wait is not None:
        effect.due_at = services.clock() + wait
    log.info("effect", kind=effect.kind.value, effect=effect.id, attempts=effect.attempts, done=wait is None)
    return wait is None


def _postpone(services: Services, identity: int, fault: Exception) -> None:
    """Puts the effect off; what Keycloak refused for good, and what we did wrong ourselves, is parked."""
    with services.sessions.begin() as session:
        effect = session.get(Effect, identity, with_for_update=True)
        if effect is None or effect.done_at is not None:
            return
        effect.attempts += 1
        effect.last_error = f"{type(fault).__name__}: {fault}"[:500]
        effect.due_at = services.clock() + _wait(effect.attempts)
        if not isinstance(fault, DirectoryUnavailable | SQLAlchemyError):
            effect.parked_at = services.clock()
    figures.failed(effect.kind, parked=effect.parked_at is not None)
    log.warning("effect-failed", kind=effect.kind.value, effect=identity, error=effect.last_error)


def _wait(attempts: int) -> timedelta:
    return min(LONGEST_WAIT, timedelta(seconds=0.25 * 2 ** min(attempts, 10)))
