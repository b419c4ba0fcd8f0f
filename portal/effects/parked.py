"""What would give a person something and is parked: given up when every role is taken from them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Person
from portal.casework.audit_events import THE_PORTAL, details_impossible
from portal.casework.closing import Closing, close
from portal.casework.invitations import invitation_event
from portal.effects import tell_requester
from portal.effects.apply_invitation import ApplyInvitation
from portal.effects.change_details import ChangeDetails
from portal.effects.effect import Payload, payload_of
from portal.effects.grant import Grant
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.invitations import Invitation, InvitationState
from portal.model.mirror import MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.services import Services
from portal.store import audit

WHY = "Every role was removed before this one could be given."
GIVING = (EffectKind.GRANT, EffectKind.APPLY_INVITATION, EffectKind.CHANGE_DETAILS)
Row = TypeVar("Row", AccessRequest, Invitation)


def keep_still(session: Session, person_id: str, until: datetime) -> None:
    """Nobody tries again what is parked for the person while this transaction looks at what they hold."""
    mirrored = session.get(MirroredPerson, person_id)
    _hold(session, {person_id, mirrored.email} if mirrored else {person_id}, until)


def give_up(services: Services, session: Session, person: Person, until: datetime) -> None:
    """Whatever was asked for until then, so that *Try again* finds nothing that gives a role back.

    What can't be read, being of another version's shape, stays for the Service Desk.
    """
    payloads, at = list(_taken_up(session, person, until, services.clock())), services.clock()
    # All rows come before the first entry: who decides holds a row already when they come to the record.
    asked = _held(session, AccessRequest, [one.request_id for one in payloads if isinstance(one, Grant)])
    accepted = [one.invitation_id for one in payloads if isinstance(one, ApplyInvitation)]
    for one in _held(session, Invitation, accepted):
        if one.is_being_applied:
            _cancel(session, one, at)
    for request in asked:
        if request.is_being_applied:
            closing = Closing(RequestState.LAPSED, at, WHY)
            close(services, session, request.id, closing, RequestState.APPROVED)
            tell_requester.queue(session, request, at)
    for change in payloads:
        if isinstance(change, ChangeDetails):
            _drop(session, change, at)


def _taken_up(session: Session, person: Person, until: datetime, at: datetime) -> Iterator[Payload]:
    """The payloads, each marked as done: its row is ours from here on."""
    for row in _hold(session, {person.id, person.email.lower()}, until):
        row.done_at = at
        yield payload_of(row)


def _hold(session: Session, theirs: Collection[str], until: datetime) -> Sequence[Effect]:
    """What would give something to whoever has this id or address."""
    parked = select(Effect).where(
        Effect.kind.in_(GIVING),
        Effect.done_at.is_(None),
        Effect.parked_at.is_not(None),
        Effect.created_at <= until,
    )
    found = [row.id for row in session.scalars(parked) if _given_by(session, row) in theirs]
    held = parked.where(Effect.id.in_(found)).order_by(Effect.id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).all()


def _given_by(session: Session, row: Effect) -> str | None:
    """To whom it gives something; None where it can't be read, or only takes."""
    with suppress(ValidationError):
        payload = payload_of(row)
        if isinstance(payload, ChangeDetails) and not any(one.give or one.lift for one in payload.wanted):
            return None
        return payload.concerns(session).subject
    return None


def _held(session: Session, table: type[Row], ids: Collection[UUID]) -> Sequence[Row]:
    wanted = select(table).where(table.id.in_(ids)).order_by(table.id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def _cancel(session: Session, one: Invitation, at: datetime) -> None:
    before = {"state": one.state.value}
    one.state, one.ended_at = InvitationState.CANCELLED, at
    event = invitation_event(AuditKind.INVITATION_CANCELLED, one, THE_PORTAL, before, WHY)
    audit.append(session, event, at)


def _drop(session: Session, change: ChangeDetails, at: datetime) -> None:
    for place in change.wanted:
        for role in place.give:
            event = details_impossible(change.author, change.person_id, place.organisation, role, WHY)
            audit.append(session, event, at)
