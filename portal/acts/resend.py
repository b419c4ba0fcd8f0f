"""The Service Desk sends a message again, and has a parked effect or an impossible grant tried again."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.acts.origin import Origin
from portal.effects.runner import run_due
from portal.faults import NotAllowed, NothingFound
from portal.mail.compose import queue_attempt
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.mail import Mail, MailState
from portal.model.requests import AccessRequest, RequestState
from portal.present import actor_now
from portal.rules.actor import Actor, powerless
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store import audit, outbox


def resend(services: Services, actor: Actor, mail_id: UUID, origin: Origin) -> None:
    """Sends a message again, to the same address with the same words. Raises NotAllowed, NothingFound."""
    now = _service_desk(services, actor)
    with services.sessions.begin() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None:
            raise NothingFound(str(mail_id))
        _queue_again(services, session, mail, now, origin)
    run_due(services, f"mail:{mail_id}")


def _queue_again(services: Services, session: Session, mail: Mail, actor: Actor, origin: Origin) -> None:
    before, at = mail.state, services.clock()
    if before is MailState.QUEUED:
        return
    mail.state, mail.error = MailState.QUEUED, ""
    mail.retry_until = at + timedelta(hours=services.settings.mail_retry_hours)
    queue_attempt(session, mail, at)
    after = {"state": mail.state.value, "address": mail.to_address, "kind": mail.kind.value}
    audit.append(session, _event(actor, mail, before, after, origin), at)


def _event(actor: Actor, mail: Mail, before: MailState, after: dict[str, str], origin: Origin) -> AuditEvent:
    return AuditEvent(
        kind=AuditKind.MAIL_RESENT,
        subject=mail.to_address,
        actor_id=actor.id,
        actor_name=actor.standing.person.name,
        actor_role=Role.SERVICE_DESK.value,
        request_id=mail.request_id,
        before={"state": before.value},
        after=after,
        origin=origin.address,
    )


def try_again(services: Services, actor: Actor, effect_id: int) -> None:
    """Has a parked effect tried again. Raises NotAllowed, NothingFound."""
    _service_desk(services, actor)
    with services.sessions.begin() as session:
        effect = session.get(Effect, effect_id, with_for_update=True)
        if effect is None or effect.parked_at is None or effect.done_at is not None:
            raise NothingFound(str(effect_id))
        effect.parked_at, effect.due_at, effect.attempts = None, services.clock(), 0
        key = effect.key
    run_due(services, key)


def apply_again(services: Services, actor: Actor, request_id: UUID) -> None:
    """Tries once more to grant what was approved and couldn't be applied. Raises NotAllowed, NothingFound."""
    _service_desk(services, actor)
    with services.sessions.begin() as session:
        request = session.get(AccessRequest, request_id, with_for_update=True)
        if request is None or not request.could_not_be_applied:
            raise NothingFound(str(request_id))
        assert request.state is RequestState.APPROVED  # noqa: S101 - could_not_be_applied says so
        request.problem = ""
        outbox.about_request(session, EffectKind.GRANT, request.email, request.id, services.clock())
        key = request.email
    run_due(services, key)


def _service_desk(services: Services, actor: Actor) -> Actor:
    now = actor_now(services, actor.id, actor.holding)
    refusal = powerless(now)
    if refusal is None and now.role is not Role.SERVICE_DESK:
        refusal = Refusal.NOT_YOUR_ROLE
    if refusal:
        raise NotAllowed(Verdict(refusal))
    return now
