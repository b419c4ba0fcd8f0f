"""Takes one role at one organisation from a person, who is told so."""

from datetime import timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Organisation, Role, Standing
from portal.casework.audit_events import role_changed
from portal.casework.current_state import organisation_now
from portal.mail import compose
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect
from portal.model.mail import MailKind
from portal.model.notices import Notice, NoticeKind
from portal.rules.errors import NothingFound
from portal.rules.roles import APPROVER_ROLES
from portal.services import Services
from portal.store import audit, mirror, outbox

HOW_TO_ASK = "If you still need it, open My profile and choose Request access."


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Removes the role. Where the person or the organisation has gone, the role has gone with it."""
    role = Role(effect.payload["role"])
    try:
        organisation = organisation_now(services, effect.payload["organisation"])
        before = services.reader.standing(effect.payload["person_id"])
    except (NothingFound, PersonNotFound):
        return None
    services.writer.remove(before.person.id, organisation, role)
    mirror.refresh_person(session, services.reader.standing(before.person.id))
    _tell(services, session, effect, organisation, before)
    if role in APPROVER_ROLES:
        outbox.reroute(session, organisation.code, services.clock())
    audit.append(session, _event(effect, organisation), services.clock())
    return None


def _tell(
    services: Services, session: Session, effect: Effect, organisation: Organisation, before: Standing
) -> None:
    at, label = services.clock(), Role(effect.payload["role"]).label
    by = _by(effect, organisation)
    notice = Notice(
        person_id=before.person.id,
        kind=NoticeKind.ROLE_REMOVED,
        name=f"{label}, {organisation.name}",
        text=f"{by} removed this role. {HOW_TO_ASK}",
        created_at=at,
    )
    session.add(notice)
    if before.person.wants_email:
        context = {"organisation": organisation.name, "code": organisation.code, "role": label, "by": by}
        compose.queue(session, services.settings, before.person.email, MailKind.ROLE_REMOVED, context, at)


def _by(effect: Effect, organisation: Organisation) -> str:
    """Who removed it as the person is told: the office, not the name."""
    desk = effect.payload["author"]["actor_role"] == Role.SERVICE_DESK.value
    return "The service desk" if desk else f"An approver for {organisation.name}"


def _event(effect: Effect, organisation: Organisation) -> AuditEvent:
    """What it was before is what it was when the removal was asked for: this may be a second try."""
    by, role = effect.payload["author"], Role(effect.payload["role"])
    person_id, why = effect.payload["person_id"], f"Removed by {by['actor_name']}"
    return role_changed(AuditKind.ROLE_REMOVED, person_id, organisation.code, role, True, why, by)
