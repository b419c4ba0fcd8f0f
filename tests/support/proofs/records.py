"""What is on record about requests, counted, whatever made it: audit entries, e-mails, grants."""

from collections import Counter
from uuid import UUID

from sqlalchemy import select

from directory.vocabulary import Holding
from portal.model.audit import AuditEntry, AuditKind
from portal.model.effects import Effect
from portal.model.mail import Mail, MailKind
from portal.model.requests import AccessRequest, RequestState
from portal.services import Services
from portal.store.audit_check import verify
from tests.support.builders.services import KeptPost

CLOSED = {
    RequestState.APPROVED: AuditKind.REQUEST_APPROVED,
    RequestState.REJECTED: AuditKind.REQUEST_REJECTED,
    RequestState.WITHDRAWN: AuditKind.REQUEST_WITHDRAWN,
    RequestState.LAPSED: AuditKind.REQUEST_LAPSED,
}
OPEN_YET = (RequestState.OPEN, RequestState.SET_ASIDE)
OUTCOMES = frozenset({MailKind.REQUEST_REJECTED, MailKind.REQUEST_LAPSED, MailKind.ROLE_ADDED})


def all_requests(services: Services) -> list[AccessRequest]:
    with services.sessions() as session:
        return list(session.scalars(select(AccessRequest).order_by(AccessRequest.asked_at)))


def audited(services: Services) -> dict[UUID | None, Counter[AuditKind]]:
    """How many audit entries of each kind each request has."""
    found: dict[UUID | None, Counter[AuditKind]] = {}
    with services.sessions() as session:
        for request_id, kind in session.execute(select(AuditEntry.request_id, AuditEntry.kind)):
            found.setdefault(request_id, Counter())[kind] += 1
    return found


def mailed(services: Services) -> dict[UUID | None, Counter[tuple[str, MailKind]]]:
    """How many messages of each kind went to each address about each request."""
    found: dict[UUID | None, Counter[tuple[str, MailKind]]] = {}
    with services.sessions() as session:
        for mail in session.scalars(select(Mail)):
            found.setdefault(mail.request_id, Counter())[(mail.to_address, mail.kind)] += 1
    return found


def held(services: Services, email: str) -> frozenset[Holding]:
    """What the directory holds for the person with this address; nothing for somebody without an account."""
    person = services.reader.person_by_email(email)
    return services.reader.standing(person.id).holdings if person else frozenset()


def check_all_done(services: Services) -> None:
    """Nothing waits, nothing is stuck, and the audit's chain holds."""
    with services.sessions() as session:
        undone = session.scalars(select(Effect).where(Effect.done_at.is_(None)))
        assert [(effect.kind, effect.payload, effect.last_error) for effect in undone] == []
        verified = verify(session)
    assert verified.fault is None, verified


def check_closed_once(services: Services) -> int:
    """Each closed request has exactly the records of its one end, and the open ones none; how many closed."""
    entries, mails = audited(services), mailed(services)
    closed = 0
    for request in all_requests(services):
        ends = {kind: n for kind, n in entries[request.id].items() if kind in CLOSED.values()}
        expected = {} if request.state in OPEN_YET else {CLOSED[request.state]: 1}
        assert ends == expected, (request.id, request.state, ends)
        grants = entries[request.id][AuditKind.ROLE_GRANTED]
        assert grants == (request.applied_at is not None), (request.id, grants)
        told = mails.get(request.id, Counter())
        twice = {what: n for what, n in told.items() if what[1] in OUTCOMES and n > 1}
        assert not twice, (request.id, twice)
        closed += not request.is_open
    return closed


def check_mail(services: Services, post: KeptPost) -> None:
    """No message went out twice, none about a decision was made twice, and each was needed."""
    identities = Counter(message["Message-ID"] for message in post.sent)
    assert not [one for one, count in identities.items() if count > 1]
    about = mailed(services)
    for request in all_requests(services):
        told = about.get(request.id, Counter())
        for (address, kind), count in told.items():
            if kind is MailKind.REQUEST_TO_DECIDE:
                assert address != request.email
                assert count <= request.routing + 1, (address, count)
