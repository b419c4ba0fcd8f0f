"""What acts on invitations and their effects both rest on: how one ends, who answers for it, who is new."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from directory.concurrently import concurrently
from directory.vocabulary import Holding, Organisation, Person
from portal.casework.audit_events import THE_PORTAL, Author
from portal.casework.current_state import actor_now, organisation_asked
from portal.model.audit import AuditEvent, AuditKind
from portal.model.invitations import TRANSITIONS, Invitation, InvitationState
from portal.model.requests import AccessRequest
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import InvitationEnded, NotAllowed
from portal.rules.invitations import link_token, may_invite, token_hash
from portal.rules.verdict import Refusal
from portal.services import Services
from portal.store import audit
from portal.store.queries import invitations


@dataclass(frozen=True, slots=True)
class InvitationBasis:
    """What an invitation rests on at this moment: who answers for it, its organisation, why it can't count.

    `inviter` is None for somebody whose account is gone, `refusal` when it could be sent today as well.
    """

    inviter: Actor | None
    organisation: Organisation
    refusal: Refusal | None


def basis_now(services: Services, one: Invitation) -> InvitationBasis:
    """Whether who sent the invitation could still send it, by Keycloak's present state."""
    inviter, organisation = concurrently(
        lambda: _inviter_now(services, one), lambda: organisation_asked(services, one)
    )
    if inviter is None:
        return InvitationBasis(None, organisation, Refusal.DISABLED)
    verdict = may_invite(inviter, organisation, one.role, one.email)
    return InvitationBasis(inviter, organisation, verdict.refusal)


def _inviter_now(services: Services, one: Invitation) -> Actor | None:
    """They act in the role in which they sent it, wherever its organisation has moved to since."""
    then = Holding(one.invited_as, (one.invited_from,) if one.invited_from else ())
    try:
        actor = actor_now(services, ActingAs(one.invited_by, then))
    except NotAllowed:
        return None
    return replace(actor, holding=next(filter(_same_as(then), actor.standing.holdings), then))


def _same_as(then: Holding) -> Any:
    return lambda held: (held.role, held.organisation) == (then.role, then.organisation)


def close(
    session: Session,
    invitation_id: UUID,
    state: InvitationState,
    at: datetime,
    *unless: ColumnElement[bool],
    **more: str,
) -> Invitation:
    """Ends a pending invitation, once, in the caller's transaction. Raises InvitationEnded.

    `unless` are further conditions that it must meet, `more` what else is to be noted on it.
    """
    assert state in TRANSITIONS[InvitationState.PENDING]  # noqa: S101 - there is no other way
    claim = (
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.state == InvitationState.PENDING, *unless)
        .values(state=state, ended_at=at, **more)
        .returning(Invitation)
        .execution_options(populate_existing=True)
    )
    claimed = session.scalars(claim).one_or_none()
    if claimed is None:
        raise InvitationEnded(str(invitation_id))
    return claimed


def overtake(session: Session, request: AccessRequest, at: datetime) -> None:
    """An invitation to what was asked for and given is answered by that."""
    waiting = invitations.waiting_for(session, request.email, request.organisation_code, request.role)
    if waiting is None:
        return
    try:
        ended = close(session, waiting.id, InvitationState.OVERTAKEN, at)
    except InvitationEnded:  # accepted at the same moment
        return
    event = invitation_event(AuditKind.INVITATION_OVERTAKEN, ended, THE_PORTAL, reason="Asked for and given.")
    audit.append(session, event, at)


def begin_round(services: Services, one: Invitation, at: datetime) -> None:
    """Gives it a new link, which replaces those before, and the whole time to answer."""
    one.state, one.ended_at = InvitationState.PENDING, None
    one.round, one.sent_at = one.round + 1, at
    one.lapses_at = at + timedelta(days=services.settings.invitation_days)
    one.token_hash = token_hash(link_token(services.settings.secret_key, one.id, one.round))


def is_only_invited(services: Services, session: Session, person: Person) -> bool:
    """Whether the account is there because of an invitation alone: so far nobody's who uses it."""
    sent = invitations.of_address(session, person.email)
    if not sent or any(one.gave_access for one in sent):
        return False
    standing, has_credential = concurrently(
        lambda: services.reader.standing(person.id), lambda: services.reader.has_credential(person.id)
    )
    return person.enabled and not standing.holdings and not has_credential


def invitation_event(
    kind: AuditKind, one: Invitation, by: Author, before: Mapping[str, Any] | None = None, reason: str = ""
) -> AuditEvent:
    """Something happened to the invitation."""
    after = {
        "state": one.state.value,
        "role": one.role.value,
        "name": one.name,
        "email": one.email,
        "round": one.round,
    }
    return AuditEvent(
        **by,
        kind=kind,
        subject=one.email,
        organisation_code=one.organisation_code,
        request_id=one.request_id,
        before={"state": InvitationState.PENDING.value} if before is None else before,
        after=after,
        reason=reason,
    )


def invited_person(one: Invitation, origin: str) -> Author:
    """The invited person themselves, as the audit names who did something."""
    return Author(actor_id="", actor_name=one.name, actor_role="", actor_organisation="", origin=origin)


def sender(one: Invitation) -> Author:
    """Who sent the invitation, as far as it says so itself."""
    return Author(
        actor_id=one.invited_by,
        actor_name=one.invited_by_name,
        actor_role=one.invited_as.value,
        actor_organisation=one.invited_from,
        origin="",
    )
