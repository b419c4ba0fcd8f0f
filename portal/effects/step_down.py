"""A Provider Approver of a provider that has become single-level becomes a Provider User there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import ApprovalLevel, Holding, Organisation, Person, Role, Standing
from portal.casework.audit_events import Author, role_changed
from portal.casework.current_state import organisation_asked, organisation_now
from portal.effects.effect import Concern, effect, payload_of, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import News, tell
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.invitations import Invitation
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.model.requests import AccessRequest
from portal.services import WorkerServices
from portal.store import audit, mirror

WHY = "Changed to single-level approval by {by}"


@effect(EffectKind.STEP_DOWN)
@dataclass(frozen=True, slots=True)
class StepDown:
    """The person is to be a Provider User at the organisation instead, because of what the author did."""

    organisation: str
    person_id: str
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Gives the lesser role before taking the other, so that the person is never without.

        Who holds neither has had the role taken since: nothing is given back to them.
        """
        organisation = organisation_now(services, self.organisation)
        try:
            before = services.reader.standing(self.person_id)
        except PersonNotFound:
            return None
        if organisation.approval_level is not ApprovalLevel.SINGLE or not _is_either(before, organisation):
            return None
        services.writer.grant(self.person_id, organisation, Role.PROVIDER_USER)
        services.writer.remove(self.person_id, organisation, Role.PROVIDER_APPROVER)
        mirror.refresh_person(session, services.reader.standing(self.person_id))
        _record(services, session, self.author, organisation, before)
        tell(services, session, before.person, _news(organisation, self.author["actor_name"]))
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id, self.organisation)


def queue(session: Session, person: Person, code: str, author: Author, at: datetime) -> Effect:
    """Has the person step down, in turn with whatever else concerns them; somebody waits for it."""
    payload = StepDown(code, person.id, author)
    return queue_effect(session, payload, person.email.lower(), at, Urgency.AWAITED)


def queue_if_single(
    services: WorkerServices,
    session: Session,
    given: AccessRequest | Invitation,
    person: Person,
    author: Author,
) -> None:
    """For who has just been given Provider Approver: a change to single-level that came at the same moment
    may have looked for approvers just before. Nothing for any other role.
    """
    if given.role is not Role.PROVIDER_APPROVER:
        return
    if organisation_asked(services, given).approval_level is ApprovalLevel.SINGLE:
        queue(session, person, given.organisation_code, author, services.clock())


def waiting(session: Session, code: str) -> list[int]:
    """The ids of those at the organisation that are not done yet."""
    return [row.id for row in waiting_for(session, EffectKind.STEP_DOWN, organisation=code)]


def under_way(session: Session, code: str) -> frozenset[tuple[str, str, Role]]:
    """Who soon is no Provider Approver there any more, by ids and code: asked for, not yet so in Keycloak."""
    going = (payload_of(row) for row in waiting_for(session, EffectKind.STEP_DOWN, organisation=code))
    approver = Role.PROVIDER_APPROVER
    return frozenset((one.person_id, code, approver) for one in going if isinstance(one, StepDown))


def _is_either(before: Standing, organisation: Organisation) -> bool:
    """A crash between giving and taking always leaves one of them."""
    roles = (Role.PROVIDER_APPROVER, Role.PROVIDER_USER)
    return any(Holding(role, organisation.path) in before.holdings for role in roles)


def _record(
    services: WorkerServices, session: Session, by: Author, organisation: Organisation, before: Standing
) -> None:
    """That they were an approver is why this was to be done: at a second try they may be none any more."""
    was_user = Holding(Role.PROVIDER_USER, organisation.path) in before.holdings
    for kind, role, held in (
        (AuditKind.ROLE_GRANTED, Role.PROVIDER_USER, was_user),
        (AuditKind.ROLE_REMOVED, Role.PROVIDER_APPROVER, True),
    ):
        why = WHY.format(by=by["actor_name"])
        event = role_changed(kind, before.person.id, organisation.code, role, held, why, by)
        audit.append(session, event, services.clock())


def _news(organisation: Organisation, by: str) -> News:
    context = {"organisation": organisation.name, "code": organisation.code, "by": by}
    return News(NoticeKind.LEVEL_CHANGED, organisation.name, MailKind.ROLE_CHANGED, context)
