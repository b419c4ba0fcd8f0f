"""Roles that are being removed: asked for, and not yet taken in Keycloak."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.model.effects import Effect, EffectKind


def one_at_a_time(session: Session, code: str) -> None:
    """Lets one transaction at a time ask for a removal at the organisation of this ODS code."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 2))")
    session.execute(lock, {"what": f"removal {code}"})


def under_way(session: Session, code: str) -> frozenset[tuple[str, Role]]:
    """Who is losing which role at the organisation, by person's id."""
    waiting = select(Effect.payload).where(
        Effect.kind == EffectKind.REMOVE_ROLE,
        Effect.done_at.is_(None),
        Effect.parked_at.is_(None),
        Effect.payload["organisation"].as_string() == code,
    )
    return frozenset((one["person_id"], Role(one["role"])) for one in session.scalars(waiting))
