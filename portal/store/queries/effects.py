"""Reads what is still to be done: to one person's account, and to what of one table."""

from uuid import UUID

from sqlalchemy import Select, Uuid, cast, select
from sqlalchemy.orm import Session

from portal.model.effects import Effect, EffectKind

ON_ACCOUNTS = (
    EffectKind.DISABLE,
    EffectKind.ENABLE,
    EffectKind.REVOKE,
    EffectKind.REMOVE_ROLE,
    EffectKind.UNLOCK,
    EffectKind.REMOVE_SECOND_FACTORS,
    EffectKind.END_SESSIONS,
    EffectKind.CHANGE_DETAILS,
)


def on_account(session: Session, person_id: str) -> tuple[bool, bool]:
    """Whether a change of the account is being applied, and whether its sessions could not be ended."""
    undone = select(Effect).where(
        Effect.kind.in_(ON_ACCOUNTS),
        Effect.done_at.is_(None),
        Effect.payload["person_id"].as_string() == person_id,
    )
    rows = session.scalars(undone).all()
    sessions = [row for row in rows if row.kind is EffectKind.END_SESSIONS and row.attempts]
    changes = [row for row in rows if row.kind is not EffectKind.END_SESSIONS and row.parked_at is None]
    return bool(changes), bool(sessions)


def waiting_ids(kind: EffectKind, field: str) -> Select[UUID]:
    """What this field names in the effects of this kind that wait for their turn; what is parked doesn't."""
    return select(cast(Effect.payload[field].as_string(), Uuid)).where(
        Effect.kind == kind, Effect.done_at.is_(None), Effect.parked_at.is_(None)
    )
