"""Takes one role at one organisation from a person, who is told so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Organisation, Person, Role
from portal.casework.audit_events import Author, role_changed
from portal.casework.current_state import organisation_now
from portal.casework.office import office
from portal.effects import reroute
from portal.effects.effect import Concern, effect, payload_of, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import News, tell
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.rules.errors import NothingFound
from portal.rules.roles import APPROVER_ROLES
from portal.services import WorkerServices
from portal.store import audit, mirror

HOW_TO_ASK = "If you still need it, open My profile and choose Request access."


@effect(EffectKind.REMOVE_ROLE)
@dataclass(frozen=True, slots=True)
class RemoveRole:
    """The person is to lose the role at the organisation of this ODS code, as the author asked."""

    organisation: str
    person_id: str
    role: Role
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Removes it. Where the person or the organisation has gone, the role has gone with it."""
        try:
            organisation = organisation_now(services, self.organisation)
            before = services.reader.standing(self.person_id)
        except (NothingFound, PersonNotFound):
            return None
        services.writer.remove(self.person_id, organisation, self.role)
        mirror.refresh_person(session, services.reader.standing(self.person_id))
        tell(services, session, before.person, _news(self, organisation))
        if self.role in APPROVER_ROLES:
            reroute.queue(session, organisation.code, services.clock())
        # What it was before is what it was when the removal was asked for: this may be a second try.
        kind, why = AuditKind.ROLE_REMOVED, f"Removed by {self.author['actor_name']}"
        event = role_changed(kind, self.person_id, organisation.code, self.role, True, why, self.author)
        audit.append(session, event, services.clock())
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id, self.organisation)


def queue(session: Session, person: Person, code: str, role: Role, author: Author, at: datetime) -> Effect:
    """Has the role taken, in turn with whatever else concerns the person; somebody waits for it."""
    payload = RemoveRole(code, person.id, role, author)
    return queue_effect(session, payload, person.email.lower(), at, Urgency.AWAITED)


def under_way(session: Session, code: str) -> frozenset[tuple[str, str, Role]]:
    """Who is losing which role there, by ids and code: asked for, not yet taken in Keycloak."""
    waiting = waiting_for(session, EffectKind.REMOVE_ROLE, organisation=code)
    removals = [one for row in waiting if isinstance(one := payload_of(row), RemoveRole)]
    return frozenset((one.person_id, code, one.role) for one in removals)


def _news(removal: RemoveRole, organisation: Organisation) -> News:
    label, by = removal.role.label, office(removal.author, organisation.name)
    return News(
        NoticeKind.ROLE_REMOVED,
        f"{label}, {organisation.name}",
        MailKind.ROLE_REMOVED,
        {"organisation": organisation.name, "code": organisation.code, "role": label, "by": by},
        text=f"{by} removed this role. {HOW_TO_ASK}",
    )
