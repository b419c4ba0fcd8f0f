"""The Service Desk sends a message again, and has a parked effect or an impossible grant tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.acts.origin import Origin
from portal.casework.audit_events import Author, author
from portal.casework.current_state import actor_now
from portal.effects.runner import run_due
from portal.mail.compose import attempt_key, queue_attempt
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.mail import Mail, MailState
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import Actor, powerless
from portal.rules.errors import NotAllowed, NothingFound
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store import audit, outbox


def resend(services: Services, actor: Actor, mail_id: UUID, origin: Origin) -> None:
    """Sends a message again, to the same address with the same words; one that waits for its turn, as it is.

    Raises NotAllowed, NothingFound.
    """
    by = author(service_desk_now(services, actor), origin.address)
    with services.sessions.begin() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None:
            raise NothingFound(str(mail_id))
        _queue_again(services, session, mail, by)
    run_due(services, attempt_key(mail_id))


def _queue_again(services: Services, session: Session, mail: Mail, by: Author) -> None:
    before, at, parked = mail.state, services.clock(), _parked(session, mail)
    if before is MailState.QUEUED and not parked:
        return
    mail.state, mail.error = MailState.QUEUED, ""
    mail.retry_until = at + timedelta(hours=services.settings.mail_retry_hours)
    for effect in parked:
        _wake(effect, at)
    if not parked:
        queue_attempt(session, mail, at)
    audit.append(session, _resent(mail, before, by), at)


def _parked(session: Session, mail: Mail) -> Sequence[Effect]:
    statement = select(Effect).where(
        Effect.key == attempt_key(mail.id), Effect.done_at.is_(None), Effect.parked_at.is_not(None)
    )
    return session.scalars(statement.with_for_update()).all()


def _wake(effect: Effect, at: datetime) -> None:
    effect.parked_at, effect.due_at, effect.attempts = None, at, 0


def _resent(mail: Mail, before: MailState, by: Author) -> AuditEvent:
    return AuditEvent(
        kind=AuditKind.MAIL_RESENT,
        subject=mail.to_address,
        request_id=mail.request_id,
        before={"state": before.value},
        after={"state": mail.state.value, "address": mail.to_address, "kind": mail.kind.value},
        **by,
    )


def try_again(services: Services, actor: Actor, effect_id: int, origin: Origin) -> None:
    """Has a parked effect tried again. Raises NotAllowed, NothingFound."""
    by = author(service_desk_now(services, actor), origin.address)
    with services.sessions.begin() as session:
        effect = session.get(Effect, effect_id, with_for_update=True)
        if effect is None or effect.parked_at is None or effect.done_at is not None:
            raise NothingFound(str(effect_id))
        _wake(effect, services.clock())
        audit.append(session, _change_tried(session, effect, by), services.clock())
        key = effect.key
    run_due(services, key)


def _change_tried(session: Session, effect: Effect, by: Author) -> AuditEvent:
    concerned = _concerned(session, effect)
    return AuditEvent(
        kind=AuditKind.CHANGE_TRIED_AGAIN,
        subject=concerned.subject,
        organisation_code=concerned.organisation_code,
        request_id=concerned.request_id,
        before={"error": effect.last_error},
        after={"change": effect.kind.value, "key": effect.key},
        **by,
    )


class _Concerned(NamedTuple):
    """Whom and what an effect is about, as far as it says."""

    subject: str
    organisation_code: str = ""
    request_id: UUID | None = None


def _concerned(session: Session, effect: Effect) -> _Concerned:
    facts = effect.payload
    if "mail_id" in facts:
        mail = session.get_one(Mail, UUID(facts["mail_id"]))
        return _Concerned(mail.to_address, "", mail.request_id)
    request = session.get(AccessRequest, UUID(facts["request_id"])) if "request_id" in facts else None
    if request is not None:
        return _Concerned(request.person_id or request.email, request.organisation_code, request.id)
    place = facts.get("organisation") or facts.get("organisation_code") or ""
    return _Concerned(facts.get("person_id") or facts.get("email") or place or effect.key, place)


def apply_again(services: Services, actor: Actor, request_id: UUID, origin: Origin) -> None:
    """Tries once more to grant what was approved and couldn't be applied. Raises NotAllowed, NothingFound."""
    by = author(service_desk_now(services, actor), origin.address)
    with services.sessions.begin() as session:
        request = session.get(AccessRequest, request_id, with_for_update=True)
        if request is None or not request.could_not_be_applied:
            raise NothingFound(str(request_id))
        assert request.state is RequestState.APPROVED  # noqa: S101 - could_not_be_applied says so
        at, event = services.clock(), _grant_tried(request, by)
        request.problem = ""
        outbox.about_request(session, EffectKind.GRANT, request.email, request.id, at)
        audit.append(session, event, at)
        key = request.email
    run_due(services, key)


def _grant_tried(request: AccessRequest, by: Author) -> AuditEvent:
    return AuditEvent(
        kind=AuditKind.GRANT_TRIED_AGAIN,
        subject=request.person_id or request.email,
        organisation_code=request.organisation_code,
        request_id=request.id,
        before={"problem": request.problem},
        after={"role": request.role.value, "name": request.name},
        **by,
    )


def service_desk_now(services: Services, actor: Actor) -> Actor:
    """The actor as they are now, when they act for the Service Desk. Raises NotAllowed."""
    now = actor_now(services, actor.id, actor.holding)
    refusal = powerless(now)
    if refusal is None and now.role is not Role.SERVICE_DESK:
        refusal = Refusal.NOT_YOUR_ROLE
    if refusal:
        raise NotAllowed(Verdict(refusal))
    return now
