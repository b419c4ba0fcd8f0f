"""The Service Desk sends a message again, and has a parked effect or an impossible grant tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.acts.origin import Origin
from portal.casework.audit_events import Author, author
from portal.casework.current_state import actor_now
from portal.effects import grant, send_mail
from portal.effects.effect import concern_of
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, Urgency
from portal.model.mail import Mail, MailState
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import ActingAs, Actor, powerless
from portal.rules.errors import NotAllowed, NothingFound
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store import audit


def resend(services: Services, asked_by: ActingAs, mail_id: UUID, origin: Origin) -> None:
    """Sends a message again, to the same address with the same words; one that waits for its turn, as it is.

    Raises NotAllowed, NothingFound.
    """
    by = author(service_desk_now(services, asked_by), origin.address)
    with services.sessions.begin() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None:
            raise NothingFound(str(mail_id))
        effects = _queue_again(services, session, mail, by)
    services.wait([effect.id for effect in effects])


def _queue_again(services: Services, session: Session, mail: Mail, by: Author) -> Sequence[Effect]:
    """The effects that send it, with somebody waiting for them now."""
    before, at, parked = mail.state, services.clock(), _parked(session, mail)
    if before is MailState.QUEUED and not parked:
        return ()
    mail.state, mail.error = MailState.QUEUED, ""
    mail.retry_until = at + timedelta(hours=services.settings.mail_retry_hours)
    send_mail.renew(mail)
    for effect in parked:
        _wake(effect, at)
    audit.append(session, _resent(mail, before, by), at)
    return parked or [send_mail.queue(session, mail, at, Urgency.AWAITED)]


def _parked(session: Session, mail: Mail) -> Sequence[Effect]:
    statement = select(Effect).where(
        Effect.key == send_mail.key_of(mail.id), Effect.done_at.is_(None), Effect.parked_at.is_not(None)
    )
    return session.scalars(statement.with_for_update()).all()


def _wake(effect: Effect, at: datetime) -> None:
    effect.parked_at, effect.due_at, effect.attempts, effect.urgency = None, at, 0, Urgency.AWAITED


def _resent(mail: Mail, before: MailState, by: Author) -> AuditEvent:
    return AuditEvent(
        kind=AuditKind.MAIL_RESENT,
        subject=mail.to_address,
        request_id=mail.request_id,
        before={"state": before.value},
        after={"state": mail.state.value, "address": mail.to_address, "kind": mail.kind.value},
        **by,
    )


def try_again(services: Services, asked_by: ActingAs, effect_id: int, origin: Origin) -> None:
    """Has a parked effect tried again. Raises NotAllowed, NothingFound."""
    by = author(service_desk_now(services, asked_by), origin.address)
    with services.sessions.begin() as session:
        effect = session.get(Effect, effect_id, with_for_update=True)
        if effect is None or effect.parked_at is None or effect.done_at is not None:
            raise NothingFound(str(effect_id))
        _wake(effect, services.clock())
        audit.append(session, _change_tried(session, effect, by), services.clock())
    services.wait([effect_id])


def _change_tried(session: Session, effect: Effect, by: Author) -> AuditEvent:
    concerned = concern_of(session, effect)
    return AuditEvent(
        kind=AuditKind.CHANGE_TRIED_AGAIN,
        subject=concerned.subject,
        organisation_code=concerned.organisation_code,
        request_id=concerned.request_id,
        before={"error": effect.last_error},
        after={"change": effect.kind.value, "key": effect.key},
        **by,
    )


def apply_again(services: Services, asked_by: ActingAs, request_id: UUID, origin: Origin) -> None:
    """Tries once more to grant what was approved and couldn't be applied. Raises NotAllowed, NothingFound."""
    by = author(service_desk_now(services, asked_by), origin.address)
    with services.sessions.begin() as session:
        request = session.get(AccessRequest, request_id, with_for_update=True)
        if request is None or not request.could_not_be_applied:
            raise NothingFound(str(request_id))
        assert request.state is RequestState.APPROVED  # noqa: S101 - could_not_be_applied says so
        at, event = services.clock(), _grant_tried(request, by)
        request.problem = ""
        effect = grant.queue(session, request, None, at)
        audit.append(session, event, at)
    services.wait([effect.id])


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


def service_desk_now(services: Services, asked_by: ActingAs) -> Actor:
    """The person as they are now, when they act for the Service Desk. Raises NotAllowed."""
    actor = actor_now(services, asked_by)
    refusal = powerless(actor)
    if refusal is None and actor.role is not Role.SERVICE_DESK:
        refusal = Refusal.NOT_YOUR_ROLE
    if refusal:
        raise NotAllowed(Verdict(refusal))
    return actor
