"""What an effect is: a frozen payload that can apply itself, registered under its kind.

Each module beside this one holds one: the payload, how it is queued and how it is applied. The database keeps
the payload as JSON under the names of its fields, so a field once used must stay readable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.requests import AccessRequest
from portal.services import WorkerServices


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom and what an effect is about, as the audit names it: a person's id, or an address or ODS code."""

    subject: str
    organisation_code: str = ""
    request_id: UUID | None = None


class Payload(Protocol):
    """What every effect's payload can do."""

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Does it in the session's transaction, safely again after a crash at any line.

        How long to wait when it couldn't be done, and None when it was.
        """

    def concerns(self, session: Session) -> Concern:
        """Whom and what it is about."""


TWO_CLICKS = timedelta(seconds=15)
PAYLOADS: dict[EffectKind, TypeAdapter[Any]] = {}
_KINDS: dict[type, EffectKind] = {}
P = TypeVar("P")


def effect(kind: EffectKind) -> Callable[[type[P]], type[P]]:
    """Registers the payload of this kind of effect."""

    def register(payload: type[P]) -> type[P]:
        PAYLOADS[kind], _KINDS[payload] = TypeAdapter(payload), kind
        return payload

    return register


def queue(
    session: Session, payload: Payload, key: str, at: datetime, urgency: Urgency = Urgency.SOON
) -> Effect:
    """Writes the effect in the caller's transaction, due `at`; those of one `key` happen in order."""
    kind = _KINDS[type(payload)]
    facts = PAYLOADS[kind].dump_python(payload, mode="json")
    row = Effect(kind=kind, key=key, payload=facts, urgency=urgency, created_at=at, due_at=at)
    session.add(row)
    session.flush()
    return row


def waiting_for(session: Session, kind: EffectKind, **named: str) -> Sequence[Effect]:
    """What of this kind is still to be done, of all whose payload has these values in the fields so named."""
    waiting = select(Effect).where(
        Effect.kind == kind,
        Effect.done_at.is_(None),
        Effect.parked_at.is_(None),
        *(Effect.payload[field].as_string() == value for field, value in named.items()),
    )
    return session.scalars(waiting).all()


def asked_before(session: Session, payload: Payload, key: str, at: datetime) -> Effect | None:
    """The same, asked for some seconds before `at`, done or not: whoever clicks twice asks once."""
    kind = _KINDS[type(payload)]
    facts = PAYLOADS[kind].dump_python(payload, mode="json")
    return next((row for row in lately(session, kind, key, at) if row.payload == facts), None)


def lately(session: Session, kind: EffectKind, key: str, at: datetime) -> Sequence[Effect]:
    """What of this kind and key was asked for in the seconds before `at`, done or not."""
    since = at - TWO_CLICKS
    statement = select(Effect).where(
        Effect.kind == kind,
        Effect.key == key,
        Effect.created_at >= since,
        # What is done was done later than it was asked for: said, as the indexes are by that.
        or_(Effect.done_at.is_(None), Effect.done_at >= since),
    )
    return session.scalars(statement).all()


def payload_of(row: Effect) -> Payload:
    """The payload of an effect in the database."""
    found: Payload = PAYLOADS[row.kind].validate_python(row.payload)
    return found


def concern_of(session: Session, row: Effect) -> Concern:
    """Whom and what an effect in the database is about; where its payload can't be read, its key."""
    try:
        return payload_of(row).concerns(session)
    except ValidationError:
        return Concern(row.key)


def about_request(session: Session, request_id: UUID) -> Concern:
    """The applicant, the organisation and the request itself; of a request that is gone, its id."""
    request = session.get(AccessRequest, request_id)
    if request is None:
        return Concern(str(request_id))
    return Concern(request.person_id or request.email, request.organisation_code, request.id)


def organisation_key(code: str) -> str:
    """The key of what is done to an organisation rather than a person."""
    return f"organisation:{code}"
