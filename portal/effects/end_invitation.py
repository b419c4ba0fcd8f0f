"""Clears up after an invitation that nobody accepted: an unused account goes, and who waits is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import Person
from portal.casework.audit_events import THE_PORTAL
from portal.effects import send_mail
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import News, note, tell
from portal.effects.send_invitation import about, about_invitation
from portal.mail.theirs import quoted
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.invitations import Invitation, InvitationState
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.services import WorkerServices
from portal.store import audit, mirror
from portal.store.queries import invitations

ENDED = frozenset({InvitationState.CANCELLED, InvitationState.LAPSED})


@effect(EffectKind.END_INVITATION)
@dataclass(frozen=True, slots=True)
class EndInvitation:
    """The invitation was cancelled, or has lapsed."""

    invitation_id: UUID

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Of one that lapsed the person is told, and who sent it; nothing for one that waits again."""
        one = session.get(Invitation, self.invitation_id, with_for_update=True)
        if one is None or one.state not in ENDED:
            return None
        told = who_sent(services, one) if one.state is InvitationState.LAPSED else None
        remove_unused_account(services, session, one)
        if one.state is InvitationState.LAPSED:
            send_mail.write(services, session, one.email, MailKind.INVITATION_LAPSED, about(one))
            tell_sender(services, session, one, told, NoticeKind.INVITATION_UNANSWERED)
        return None

    def concerns(self, session: Session) -> Concern:
        return about_invitation(session, self.invitation_id)


def queue(session: Session, one: Invitation, at: datetime) -> Effect:
    """Has it cleared up, in turn with whatever else concerns the address."""
    return queue_effect(session, EndInvitation(one.id), one.email, at)


def remove_unused_account(services: WorkerServices, session: Session, one: Invitation) -> None:
    """Deletes the account that an invitation made, when nobody used it and no other one waits for it."""
    sent = invitations.of_address(session, one.email)
    if one.person_id is None or any(other.is_pending or other.gave_access for other in sent):
        return
    person_id, ours = one.person_id, [str(other.id) for other in sent]
    if not services.writer.remove_unused(person_id, ours):
        return
    mirror.forget_person(session, person_id)
    for other in sent:
        if other.person_id == person_id:
            other.person_id = None
    event = AuditEvent(
        **THE_PORTAL,
        kind=AuditKind.UNUSED_ACCOUNT_REMOVED,
        subject=one.email,
        organisation_code=one.organisation_code,
        before={"account": True},
        after={"account": False, "email": one.email},
        reason=f"The invitation was {one.state.value}, and nobody had used the account.",
    )
    audit.append(session, event, services.clock())


TEXTS = {
    NoticeKind.INVITATION_ACCEPTED: "{name} has accepted your invitation to be {role} there.",
    NoticeKind.INVITATION_TURNED: (
        "{name} has accepted your invitation to be {role} there. You could not send it any more, so it is a"
        " request now."
    ),
    NoticeKind.INVITATION_UNANSWERED: (
        "{name} did not accept your invitation to be {role} there in time. You can invite them again."
    ),
}


def who_sent(services: WorkerServices, one: Invitation) -> Person | None:
    """Whoever answers for the invitation, unless they are gone.

    To be asked before anything goes on record: that has one lock for everybody, and Keycloak may be slow.
    """
    try:
        return services.reader.person(one.invited_by)
    except PersonNotFound:
        return None


def tell_sender(
    services: WorkerServices, session: Session, one: Invitation, person: Person | None, kind: NoticeKind
) -> None:
    """Whoever answers for the invitation hears what became of it; of a lapse by e-mail too."""
    if person is None:
        return
    text = TEXTS[kind].format(name=quoted(one.name), role=one.role.label)
    news = News(kind, one.organisation_name, MailKind.INVITATION_UNANSWERED, about(one), text=text)
    if kind is NoticeKind.INVITATION_UNANSWERED:
        tell(services, session, person, news)
    else:
        note(services, session, person.id, news)
