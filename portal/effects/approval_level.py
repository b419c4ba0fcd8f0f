"""Changes a provider's approval level in Keycloak, and sets going all that follows from it."""

from datetime import timedelta

from sqlalchemy.orm import Session

from directory.vocabulary import ApprovalLevel, Organisation, Role
from portal.casework.closing import Closing, close
from portal.casework.current_state import organisation_now
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.requests import RequestState
from portal.rules.errors import AlreadyDecided
from portal.services import Services
from portal.store import audit, mirror, outbox
from portal.store.queries import requests

NO_SUCH_ROLE = "The organisation now has single-level approval, so it has no Provider Approver."


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Sets the level; at single-level its Provider Approvers step down and requests to be one lapse."""
    level = ApprovalLevel(effect.payload["level"])
    old = organisation_now(services, effect.payload["organisation"])
    new = services.writer.set_approval_level(old, level)
    mirror.refresh_organisation(session, new)
    if level is ApprovalLevel.SINGLE:
        _step_down(services, session, new, effect)
        _lapse(services, session, new)
    outbox.reroute(session, new.code, services.clock())
    audit.append(session, _event(effect, old, new), services.clock())
    return None


def _step_down(services: Services, session: Session, organisation: Organisation, effect: Effect) -> None:
    for holder in services.reader.holders(organisation, Role.PROVIDER_APPROVER):
        payload = effect.payload | {"person_id": holder.person.id}
        outbox.add(session, EffectKind.STEP_DOWN, holder.person.email.lower(), payload, services.clock())


def _lapse(services: Services, session: Session, organisation: Organisation) -> None:
    at = services.clock()
    for request in requests.open_for(session, organisation.code, Role.PROVIDER_APPROVER):
        try:
            with session.begin_nested():
                close(services, session, request.id, Closing(RequestState.LAPSED, at, NO_SUCH_ROLE))
                outbox.about_request(session, EffectKind.TELL_REQUESTER, request.email, request.id, at)
        except AlreadyDecided:
            continue


def _event(effect: Effect, old: Organisation, new: Organisation) -> AuditEvent:
    return AuditEvent(
        **effect.payload["author"],
        kind=AuditKind.LEVEL_CHANGED,
        subject=new.code,
        organisation_code=new.code,
        before={"level": old.approval_level.value},
        after={"level": new.approval_level.value},
    )
