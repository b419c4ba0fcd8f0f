"""Writes effects beside what caused them, in the same transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.model.effects import Effect, EffectKind


def add(session: Session, kind: EffectKind, key: str, payload: dict[str, Any], at: datetime) -> Effect:
    """Puts one effect in the outbox, due `at`; effects of one key happen in the order they were added."""
    effect = Effect(kind=kind, key=key, payload=payload, created_at=at, due_at=at)
    session.add(effect)
    session.flush()
    return effect


def about_request(session: Session, kind: EffectKind, key: str, request_id: UUID, at: datetime) -> Effect:
    """An effect that needs to know only its request."""
    return add(session, kind, key, {"request_id": str(request_id)}, at)


def reroute(session: Session, code: str, at: datetime) -> Effect:
    """Has the open requests at an organisation and below it looked at again: who decides may have changed.

    The empty code stands for what is with the Service Desk. One that waits already, and that nobody is doing
    at this moment, is enough.
    """
    key = f"reroute:{code}"
    waiting = select(Effect).where(Effect.key == key, Effect.done_at.is_(None), Effect.parked_at.is_(None))
    found = session.scalars(waiting.limit(1).with_for_update(skip_locked=True)).first()
    return found or add(session, EffectKind.REROUTE, key, {"organisation": code}, at)


def welcome_key(email: str) -> str:
    """The key of messages that Keycloak sends: while it can't, the person's other effects go on."""
    return f"welcome:{email}"


def organisation_key(code: str) -> str:
    """The key of what is done to an organisation rather than a person."""
    return f"organisation:{code}"
