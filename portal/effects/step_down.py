"""A Provider Approver of a provider that has become single-level becomes a Provider User there."""

from datetime import timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import ApprovalLevel, Holding, Organisation, Role, Standing
from portal.casework.audit_events import role_changed
from portal.casework.current_state import organisation_now
from portal.mail import compose
from portal.model.audit import AuditKind
from portal.model.effects import Effect
from portal.model.mail import MailKind
from portal.model.notices import Notice, NoticeKind
from portal.services import Services
from portal.store import audit, mirror

WHY = "Changed to single-level approval by {by}"


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Gives the lesser role before taking the other, so that the person is never without."""
    organisation = organisation_now(services, effect.payload["organisation"])
    try:
        before = services.reader.standing(effect.payload["person_id"])
    except PersonNotFound:
        return None
    if organisation.approval_level is not ApprovalLevel.SINGLE:
        return None
    services.writer.grant(before.person.id, organisation, Role.PROVIDER_USER)
    services.writer.remove(before.person.id, organisation, Role.PROVIDER_APPROVER)
    mirror.refresh_person(session, services.reader.standing(before.person.id))
    _record(services, session, effect, organisation, before)
    _tell(services, session, effect, organisation, before)
    return None


def _record(
    services: Services, session: Session, effect: Effect, organisation: Organisation, before: Standing
) -> None:
    """That they were an approver is why this was to be done: at a second try they may be none any more."""
    by = effect.payload["author"]
    why = WHY.format(by=by["actor_name"])
    was_user = Holding(Role.PROVIDER_USER, organisation.path) in before.holdings
    for kind, role, held in (
        (AuditKind.ROLE_GRANTED, Role.PROVIDER_USER, was_user),
        (AuditKind.ROLE_REMOVED, Role.PROVIDER_APPROVER, True),
    ):
        event = role_changed(kind, before.person.id, organisation.code, role, held, why, by)
        audit.append(session, event, services.clock())


def _tell(
    services: Services, session: Session, effect: Effect, organisation: Organisation, before: Standing
) -> None:
    at, by = services.clock(), effect.payload["author"]["actor_name"]
    name = organisation.name
    session.add(Notice(person_id=before.person.id, kind=NoticeKind.LEVEL_CHANGED, name=name, created_at=at))
    if before.person.wants_email:
        context = {"organisation": name, "code": organisation.code, "by": by}
        compose.queue(session, services.settings, before.person.email, MailKind.ROLE_CHANGED, context, at)
