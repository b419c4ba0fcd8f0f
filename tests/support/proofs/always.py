"""What must be so whatever people and administrators do."""

from dataclasses import dataclass, field

from sqlalchemy import select

from directory.vocabulary import Role
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.services import Services
from tests.support.builders.services import KeptPost
from tests.support.proofs.records import all_requests, check_all_done, check_closed_once, check_mail
from tests.support.proofs.snapshot import Snapshot
from tests.support.proofs.whose import holder_of, people_on, untagged

DECIDED = {RequestState.APPROVED, RequestState.REJECTED}
Held = tuple[str, str, Role]
"""E-mail address, ODS code, role."""


@dataclass
class Known:
    """What was held at first, what others than requests took since, and which organisations are gone."""

    first: set[Held]
    taken: set[Held] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, seen: Snapshot) -> "Known":
        return cls(held_in(seen))


def held_in(seen: Snapshot) -> set[Held]:
    return {(one.person.email, held.organisation, held.role) for one, held in seen.holdings()}


def check_nobody_decided_for_themselves(services: Services) -> None:
    for request in all_requests(services):
        if request.decided_by and request.state in DECIDED:
            assert untagged(services.reader.person(request.decided_by).email) != untagged(request.email), (
                request.id
            )


def check_settled(services: Services, post: KeptPost, known: Known) -> None:
    """Nothing is left to do, every open request is with whom it should be, and every role has its reason."""
    check_all_done(services)
    check_closed_once(services)
    seen = Snapshot.of(services.reader)
    for request in all_requests(services):
        if request.is_open:
            check_somebody_has_it(services, seen, request)
    check_grants(services, seen, known)
    check_mail(services, post)


def check_somebody_has_it(services: Services, seen: Snapshot, request: AccessRequest) -> None:
    """It is noted as being with those who decide by the specification, and each of them was told."""
    role, code = holder_of(seen, request)
    assert (request.held_by_role, request.held_by_organisation) == (role, code), request.organisation_code
    assert request.held_since is not None
    people = people_on(seen, role, code, request)
    assert people or role is Role.SERVICE_DESK
    first = request.kind is RequestKind.NEW_ACCOUNT
    kind = NoticeKind.REQUEST_NEW_ACCOUNT if first else NoticeKind.REQUEST_ADDITIONAL_ROLE
    told = select(Notice.person_id).where(Notice.request_id == request.id, Notice.kind == kind)
    with services.sessions() as session:
        assert {one.person.id for one in people} <= set(session.scalars(told))


def check_grants(services: Services, seen: Snapshot, known: Known) -> None:
    """What is held is what there was, and what was approved, without what the console took."""
    approved = {
        (one.email, one.organisation_code, one.role) for one in all_requests(services) if one.applied_at
    }
    held, reasons = held_in(seen), known.first | approved
    assert held <= reasons, held - reasons
    missing = {one for one in reasons - held - known.taken if one[1] not in known.gone}
    assert not missing, missing
