"""Somebody who may, invites a person without an account to one role at one organisation."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.concurrently import concurrently
from directory.vocabulary import Organisation, Person, Role
from portal.acts.admission import DAY, admit_address, admit_inviter
from portal.acts.origin import Origin
from portal.casework.audit_events import author
from portal.casework.current_state import actor_now, organisation_now
from portal.casework.invitations import invitation_event, is_only_invited
from portal.effects import send_invitation
from portal.model.audit import AuditEvent, AuditKind
from portal.model.invitations import Invitation
from portal.rules.actor import ActingAs, Actor, powerless
from portal.rules.conditions import NO
from portal.rules.errors import AlreadyAsked, AlreadyInvited, AlreadyKnown, NameRefused, NotAllowed
from portal.rules.invitations import link_token, may_invite, token_hash
from portal.rules.names import name_problem
from portal.rules.rights import GIVES, TABLE
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services
from portal.store import attempts, audit
from portal.store.queries import requests


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom somebody invites, and to what. `email` is taken in any case."""

    email: str
    first_name: str
    last_name: str
    organisation_code: str
    role: Role


def look_up(services: Services, asked_by: ActingAs, email: str, origin: Origin) -> None:
    """Whether the address may be invited: only a new person may.

    The one place where somebody is told that an address has an account, so it is counted, and on record.
    Raises AlreadyKnown, TooManyAttempts, and NotAllowed, also for an inviter's own mailbox.
    """
    address = email.strip().lower()
    actor, known = concurrently(
        lambda: actor_now(services, asked_by), lambda: services.reader.person_by_email(address)
    )
    _may_invite_at_all(actor, address)
    with services.sessions.begin() as session:
        admit_inviter(services, session, "invite-look-up", actor.id)
        refused = _refused_as_known(services, session, actor, known, address, origin)
    if refused:
        raise AlreadyKnown(address)


def send(
    services: Services, asked_by: ActingAs, asked: Invited, origin: Origin, sending: str = ""
) -> Invitation | None:
    """Sends the invitation; None when what comes again under the name `sending` within a day was sent before.

    Raises NotAllowed, NothingFound, NameRefused, AlreadyKnown, AlreadyInvited, AlreadyAsked, TooManyAttempts.
    """
    address = asked.email.strip().lower()
    _check_names(asked)
    actor, organisation, known = concurrently(
        lambda: actor_now(services, asked_by),
        lambda: organisation_now(services, asked.organisation_code),
        lambda: services.reader.person_by_email(address),
    )
    verdict = may_invite(actor, organisation, asked.role, address)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    with services.sessions.begin() as session:
        refused = _refused_as_known(services, session, actor, known, address, origin)
        if not refused and _is_again(services, session, sending):
            return None
        if not refused:
            return _write(services, session, actor, asked, organisation, address, origin)
    raise AlreadyKnown(address)


def _is_again(services: Services, session: Session, sending: str) -> bool:
    at = services.true_time()
    return bool(sending) and not attempts.is_first(session, "invite:sending", sending, DAY, at)


def _may_invite_at_all(actor: Actor, email: str) -> None:
    refusal = powerless(actor)
    cells = [TABLE[action].cell(actor.role) for action in GIVES] if actor.role else []
    if refusal is None and all(cell is NO for cell in cells):
        refusal = Refusal.NOT_YOUR_ROLE
    if refusal is None and actor.is_person(None, email):
        refusal = Refusal.YOURSELF
    if refusal:
        raise NotAllowed(Verdict(refusal))


def _refused_as_known(
    services: Services, session: Session, actor: Actor, known: Person | None, address: str, origin: Origin
) -> bool:
    """Whether the address is somebody's already, which is then put on record."""
    if known is None or is_only_invited(services, session, known):
        return False
    by = author(actor, origin.address)
    event = AuditEvent(
        **by,
        kind=AuditKind.INVITATION_REFUSED,
        subject=known.id,
        after={"email": address},
        reason="The address has an account.",
    )
    audit.append(session, event, services.clock())
    return True


def _check_names(asked: Invited) -> None:
    for name in (asked.first_name, asked.last_name):
        if problem := name_problem(name):
            raise NameRefused(problem)


def _write(
    services: Services,
    session: Session,
    actor: Actor,
    asked: Invited,
    organisation: Organisation,
    address: str,
    origin: Origin,
) -> Invitation:
    if requests.is_asked_for(session, address, organisation.code, asked.role):
        raise AlreadyAsked(organisation.code)
    one = _invitation(services, actor, asked, organisation, address)
    try:
        with session.begin_nested():
            session.add(one)
    except IntegrityError as twice:
        raise AlreadyInvited(organisation.code) from twice
    admit_inviter(services, session, "invite", actor.id)
    admit_address(services, session, "invite", address)
    send_invitation.queue(session, one, one.sent_at)
    event = invitation_event(AuditKind.INVITATION_SENT, one, author(actor, origin.address), before={})
    audit.append(session, event, one.sent_at)
    return one


def _invitation(
    services: Services, actor: Actor, asked: Invited, organisation: Organisation, address: str
) -> Invitation:
    assert actor.holding is not None  # noqa: S101 - judged before
    at, identity, settings = services.clock(), uuid4(), services.settings
    return Invitation(
        id=identity,
        email=address,
        first_name=asked.first_name,
        last_name=asked.last_name,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
        role=asked.role,
        invited_by=actor.id,
        invited_by_name=actor.standing.person.display_name,
        invited_as=actor.holding.role,
        invited_from=actor.holding.organisation,
        sent_at=at,
        lapses_at=at + timedelta(days=settings.invitation_days),
        round=1,
        token_hash=token_hash(link_token(settings.secret_key, identity, 1)),
    )
