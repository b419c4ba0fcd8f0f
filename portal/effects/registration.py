"""Sorts out a registration: a request for somebody new, and for somebody known an e-mail that says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.vocabulary import Organisation, Role
from portal.casework.audit_events import request_made
from portal.casework.current_state import organisation_now
from portal.casework.invitations import is_only_invited
from portal.effects import send_invitation, send_mail, tell_approvers, welcome
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind
from portal.model.mail import MailKind
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.rules.errors import NothingFound
from portal.rules.roles import offered
from portal.services import WorkerServices
from portal.store import audit
from portal.store.queries import invitations


@effect(EffectKind.REGISTRATION)
@dataclass(frozen=True, slots=True)
class SortOutRegistration:
    """What somebody filled in on the register pages; `email` in lower case, `origin` a network address."""

    email: str
    organisation_code: str
    role: Role
    first_name: str
    last_name: str
    reason: str
    origin: str

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Makes the request and has those who may decide told; or mails why there is none.

        Who was invited to the same already is sent that invitation once more, and nobody has to decide.
        """
        at, known = services.clock(), services.reader.person_by_email(self.email)
        if known is not None and not is_only_invited(services, session, known):
            _mail(services, session, self, MailKind.ALREADY_KNOWN)
            if not services.reader.has_credential(known.id):
                welcome.queue(session, known.id, self.email, at)
            return None
        invited = invitations.waiting_for(session, self.email, self.organisation_code, self.role)
        if invited and send_invitation.send_again(services, session, invited.id, self.origin):
            return None
        organisation = _open_organisation(services, self)
        if organisation is None:
            _mail(services, session, self, MailKind.ORGANISATION_CLOSED)
            return None
        request = _make(services, session, self, organisation)
        if request is None:
            _mail(services, session, self, MailKind.ALREADY_ASKED)
            return None
        tell_approvers.queue(session, request, at)
        audit.append(session, request_made(request, self.origin), at)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.email, self.organisation_code)


def queue(session: Session, registration: SortOutRegistration, at: datetime) -> Effect:
    """Has the registration sorted out, in turn with whatever else concerns the address."""
    return queue_effect(session, registration, registration.email, at)


def _open_organisation(services: WorkerServices, asked: SortOutRegistration) -> Organisation | None:
    try:
        organisation = organisation_now(services, asked.organisation_code)
    except NothingFound:
        return None
    return organisation if asked.role in offered(organisation) else None


def _make(
    services: WorkerServices, session: Session, asked: SortOutRegistration, organisation: Organisation
) -> AccessRequest | None:
    """The new request; None when one for the same is open."""
    values = {
        "kind": RequestKind.NEW_ACCOUNT,
        "state": RequestState.OPEN,
        "email": asked.email,
        "first_name": asked.first_name,
        "last_name": asked.last_name,
        "reason": asked.reason,
        "organisation_code": organisation.code,
        "organisation_name": organisation.name,
        "role": asked.role,
        "asked_at": services.clock(),
    }
    statement = insert(AccessRequest).values(values).on_conflict_do_nothing().returning(AccessRequest.id)
    made = session.scalars(statement).one_or_none()
    return session.scalars(select(AccessRequest).where(AccessRequest.id == made)).one() if made else None


def _mail(services: WorkerServices, session: Session, asked: SortOutRegistration, kind: MailKind) -> None:
    code = asked.organisation_code
    try:
        name = organisation_now(services, code).name
    except NothingFound:
        name = code
    context = {"organisation": name, "code": code, "role": asked.role.label}
    send_mail.write(services, session, asked.email, kind, context)
