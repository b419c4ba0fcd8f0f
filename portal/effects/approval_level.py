"""Changes a provider's approval level in Keycloak, and sets going all that follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.vocabulary import ApprovalLevel, Organisation, Role
from portal.casework.audit_events import Author
from portal.casework.closing import Closing, close
from portal.casework.current_state import organisation_now
from portal.effects import reroute, step_down, tell_requester
from portal.effects.effect import Concern, effect, organisation_key, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.requests import RequestState
from portal.services import WorkerServices
from portal.store import audit, mirror
from portal.store.queries import requests

NO_SUCH_ROLE = "The organisation now has single-level approval, so it has no Provider Approver."


@effect(EffectKind.APPROVAL_LEVEL)
@dataclass(frozen=True, slots=True)
class SetApprovalLevel:
    """The provider of this ODS code is to have this level, as the author asked."""

    organisation: str
    level: ApprovalLevel
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Sets the level; at single-level its Provider Approvers step down and requests to be one lapse."""
        old = organisation_now(services, self.organisation)
        new = services.writer.set_approval_level(old, self.level)
        mirror.refresh_organisation(session, new)
        if self.level is ApprovalLevel.SINGLE:
            for holder in services.reader.holders(new, Role.PROVIDER_APPROVER):
                step_down.queue(session, holder.person, new.code, self.author, services.clock())
            _lapse(services, session, new)
        reroute.queue(session, new.code, services.clock())
        audit.append(session, _event(self.author, old, new), services.clock())
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.organisation, self.organisation)


def queue(session: Session, code: str, level: ApprovalLevel, author: Author, at: datetime) -> Effect:
    """Has the level set; somebody waits for it."""
    payload = SetApprovalLevel(code, level, author)
    return queue_effect(session, payload, organisation_key(code), at, Urgency.AWAITED)


def under_way(session: Session, code: str) -> tuple[int, ApprovalLevel] | None:
    """The effect, by id, that is to change the organisation's level last, and to which; None for none."""
    waiting = waiting_for(session, EffectKind.APPROVAL_LEVEL, organisation=code)
    last = max(waiting, key=lambda row: row.id, default=None)
    return (last.id, ApprovalLevel(last.payload["level"])) if last else None


def _lapse(services: WorkerServices, session: Session, organisation: Organisation) -> None:
    """What somebody decides at this moment stays as they decide: they were first."""
    at = services.clock()
    closing = Closing(RequestState.LAPSED, at, NO_SUCH_ROLE)
    for request in requests.hold_open(session, {(organisation.code, Role.PROVIDER_APPROVER)}):
        close(services, session, request.id, closing)
        tell_requester.queue(session, request, at)


def _event(author: Author, old: Organisation, new: Organisation) -> AuditEvent:
    return AuditEvent(
        **author,
        kind=AuditKind.LEVEL_CHANGED,
        subject=new.code,
        organisation_code=new.code,
        before={"level": old.approval_level.value},
        after={"level": new.approval_level.value},
    )
