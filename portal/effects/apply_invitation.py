"""Gives an invited person the role that they accepted, or has it asked for when it can't be given so."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Person
from portal.casework.audit_events import request_made, role_changed
from portal.casework.closing import Closing, close
from portal.casework.invitations import (
    InvitationBasis,
    basis_now,
    invitation_event,
    invited_person,
    sender,
)
from portal.effects import reroute, send_mail, step_down, tell_approvers, welcome
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.effects.end_invitation import remove_unused_account, tell_sender, who_sent
from portal.effects.send_invitation import about, about_invitation, ensure_account
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.invitations import Invitation
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.rules.calendar import LONDON
from portal.rules.errors import AlreadyDecided
from portal.rules.roles import APPROVER_ROLES
from portal.rules.verdict import Refusal
from portal.services import WorkerServices
from portal.store import audit, mirror
from portal.store.applicants import tie_requests
from portal.store.queries import requests


@effect(EffectKind.APPLY_INVITATION)
@dataclass(frozen=True, slots=True)
class ApplyInvitation:
    """The invited person has accepted."""

    invitation_id: UUID

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Judges once more, as if it were sent now. What doesn't stand becomes a request."""
        one = session.get(Invitation, self.invitation_id, with_for_update=True)
        if one is None or not one.is_being_applied:
            return None
        basis = basis_now(services, one)
        person = None if basis.refusal else ensure_account(services, session, one)
        if person is None or not person.enabled:
            _ask_instead(services, session, one, basis.refusal or Refusal.APPLICANT_DISABLED)
        else:
            services.writer.grant(person.id, basis.organisation, one.role)
            _granted(services, session, one, basis, person)
        return None

    def concerns(self, session: Session) -> Concern:
        return about_invitation(session, self.invitation_id)


def queue(session: Session, one: Invitation, at: datetime) -> Effect:
    """Has it applied, in turn with whatever else concerns the address; somebody waits for it."""
    return queue_effect(session, ApplyInvitation(one.id), one.email, at, Urgency.AWAITED)


def _granted(
    services: WorkerServices, session: Session, one: Invitation, basis: InvitationBasis, person: Person
) -> None:
    at, place, told = services.clock(), basis.organisation, who_sent(services, one)
    step_down.queue_if_single(services, session, one, person, sender(one))
    is_new = mirror.note_holding(session, person, Holding(one.role, place.path))
    one.applied_at = at
    tie_requests(session, person)
    settled = _settle_request(services, session, one, basis, at)
    welcome.queue(session, person.id, one.email, at)
    if one.role in APPROVER_ROLES:
        reroute.queue(session, place.code, at)
    tell_sender(services, session, one, told, NoticeKind.INVITATION_ACCEPTED)
    kind, why = AuditKind.ROLE_GRANTED, f"Invited by {one.invited_by_name}"
    event = role_changed(kind, person.id, place.code, one.role, not is_new, why, sender(one), settled)
    audit.append(session, event, at)


def _settle_request(
    services: WorkerServices, session: Session, one: Invitation, basis: InvitationBasis, at: datetime
) -> UUID | None:
    """An open request of the person for the same is answered: the inviter may decide it. Its id.

    None where somebody decides it at this moment: they were first.
    """
    closing = Closing(RequestState.APPROVED, at, "Invited to the same role.", basis.inviter)
    for request in requests.open_for(session, one.organisation_code, one.role):
        if request.email == one.email or request.person_id == one.person_id:
            with suppress(AlreadyDecided):
                closed = close(services, session, request.id, closing)
                closed.applied_at, closed.person_id = at, one.person_id
                return closed.id
    return None


def _ask_instead(services: WorkerServices, session: Session, one: Invitation, why: Refusal) -> None:
    """The request takes the place of the invitation; while it is open there is no account without a use."""
    told = who_sent(services, one)
    request, is_new = _request(services, session, one)
    one.request_id = request.id
    session.flush()
    remove_unused_account(services, session, one)
    if is_new:
        audit.append(session, request_made(request, one.accepted_from), services.clock())
    tell_approvers.queue(session, request, services.clock())
    send_mail.write(services, session, one.email, MailKind.INVITATION_TURNED, about(one))
    tell_sender(services, session, one, told, NoticeKind.INVITATION_TURNED)
    by = invited_person(one, one.accepted_from)
    event = invitation_event(AuditKind.INVITATION_TURNED, one, by, reason=why.value)
    audit.append(session, event, services.clock())


def _request(services: WorkerServices, session: Session, one: Invitation) -> tuple[AccessRequest, bool]:
    """The open request for the same, and whether it is a new one or the person's own from before."""
    values = {
        "kind": RequestKind.NEW_ACCOUNT,
        "state": RequestState.OPEN,
        "email": one.email,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "organisation_code": one.organisation_code,
        "organisation_name": one.organisation_name,
        "role": one.role,
        "reason": f"I was invited by {one.invited_by_name} on {one.sent_at.astimezone(LONDON):%-d %B %Y}.",
        "asked_at": services.clock(),
    }
    statement = insert(AccessRequest).values(values).on_conflict_do_nothing().returning(AccessRequest.id)
    made = session.scalars(statement).one_or_none()
    open_ones = requests.open_for(session, one.organisation_code, one.role)
    found = next(one_ for one_ in open_ones if one_.id == made or (not made and one_.email == one.email))
    return found, made is not None
