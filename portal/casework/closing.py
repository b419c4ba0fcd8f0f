"""How an open request is closed: claimed by compare and set, so that of all who try at once one succeeds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.casework.audit_events import THE_PORTAL, Author, author
from portal.model.audit import AuditEvent, AuditKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import TRANSITIONS, AccessRequest, RequestState
from portal.rules.actor import Actor
from portal.rules.errors import AlreadyDecided, RequestNotFound
from portal.services import Services
from portal.store import audit
from portal.store.engine import one_by_one

TO_APPROVERS = (
    NoticeKind.REQUEST_NEW_ACCOUNT,
    NoticeKind.REQUEST_ADDITIONAL_ROLE,
    NoticeKind.REMINDER,
    NoticeKind.ESCALATED,
)
KINDS = {
    RequestState.APPROVED: AuditKind.REQUEST_APPROVED,
    RequestState.REJECTED: AuditKind.REQUEST_REJECTED,
    RequestState.WITHDRAWN: AuditKind.REQUEST_WITHDRAWN,
    RequestState.LAPSED: AuditKind.REQUEST_LAPSED,
}


@dataclass(frozen=True, slots=True)
class Closing:
    """How a request is to be closed, by whom and when; no actor is the portal itself."""

    state: RequestState
    at: datetime
    reason: str = ""
    actor: Actor | None = None
    origin: str = ""

    @property
    def author(self) -> Author:
        """As the audit names who did it."""
        return author(self.actor, self.origin) if self.actor else THE_PORTAL

    @property
    def by(self) -> str | None:
        return self.actor.id if self.actor else None

    @property
    def by_name(self) -> str:
        return self.actor.standing.person.name if self.actor else ""

    @property
    def role(self) -> Role | None:
        return self.actor.role if self.actor else None


def request_now(services: Services, request_id: UUID) -> AccessRequest:
    """The request as it is now. Raises RequestNotFound."""
    with one_by_one(services.sessions) as session:
        request = session.get(AccessRequest, request_id)
    if request is None:
        raise RequestNotFound(str(request_id))
    return request


def raise_if_closed(request: AccessRequest) -> None:
    """Raises AlreadyDecided with who, what and when, unless the request is open; set aside it isn't."""
    if not request.is_open:
        at = request.decided_at or request.set_aside_at or request.asked_at
        raise AlreadyDecided(request.decided_by_name or "", request.state, at)


def close(
    services: Services,
    session: Session,
    request_id: UUID,
    closing: Closing,
    before: RequestState = RequestState.OPEN,
) -> AccessRequest:
    """Closes the request in the caller's transaction, with its audit entry; what follows is the caller's.

    `before` is the state that it must be in. Raises AlreadyDecided when somebody else was first, and leaves
    everything as it is.
    """
    request = _claim(session, request_id, closing, before)
    if request is None:
        raise_if_closed(request_now(services, request_id))
        raise RequestNotFound(str(request_id))
    settle_notices(session, request_id, closing.at)
    audit.append(session, _event(request, closing, before), closing.at)
    return request


def _claim(
    session: Session, request_id: UUID, closing: Closing, before: RequestState
) -> AccessRequest | None:
    statement = (
        update(AccessRequest)
        .where(AccessRequest.id == request_id, AccessRequest.state == before)
        .values(
            state=closing.state,
            decided_at=closing.at,
            decided_by=closing.by,
            decided_by_name=closing.by_name,
            decided_as=closing.role,
            decision_reason=closing.reason,
            version=AccessRequest.version + 1,
        )
        .returning(AccessRequest)
    )
    return session.scalars(statement).one_or_none()


def settle_notices(session: Session, request_id: UUID, at: datetime, still: Collection[str] = ()) -> None:
    """Marks as read what people were told of the request whose work it isn't any more.

    `still` are the ids of those whose work it is.
    """
    statement = update(Notice).where(
        Notice.request_id == request_id,
        Notice.kind.in_(TO_APPROVERS),
        Notice.read_at.is_(None),
        Notice.person_id.not_in(still),
    )
    session.execute(statement.values(read_at=at).execution_options(synchronize_session=False))


def _event(request: AccessRequest, closing: Closing, before: RequestState) -> AuditEvent:
    assert closing.state in TRANSITIONS[before]  # noqa: S101 - the acts offer no other
    return AuditEvent(
        **closing.author,
        kind=KINDS[closing.state],
        subject=request.person_id or request.email,
        organisation_code=request.organisation_code,
        request_id=request.id,
        before={"state": before.value},
        after={"state": closing.state.value, "role": request.role.value, "name": request.name},
        reason=closing.reason,
    )
