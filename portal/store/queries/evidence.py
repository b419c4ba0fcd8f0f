"""Reads what the evidence beside a decision is worked out from."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Role, Standing
from portal.model.mirror import MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.rules.evidence import Colleague, Facts, Rejection
from portal.store.queries import people
from portal.store.queries.providers import people_at
from portal.store.queries.reach import is_everywhere, stands_over


def facts(session: Session, request: AccessRequest, viewer: Holding) -> Facts:
    """Who is at the organisation asked for, what the applicant holds, and what they were refused before.

    `viewer` is the role of whoever looks: not every organisation's affairs are theirs to see.
    """
    standing = _standing(session, request)
    holdings = standing.holdings if standing else frozenset()
    asked, rejections = _asked(session, request), _rejections(session, request)
    codes = {held.organisation for held in holdings | asked} | {one.organisation_code for one in rejections}
    return Facts(
        colleagues=_colleagues(session, request.organisation_code),
        holdings=holdings,
        asked=asked,
        rejections=rejections,
        seen=_seen(session, codes, viewer),
    )


def _standing(session: Session, request: AccessRequest) -> Standing | None:
    """The applicant's account: the one it names, else the one at its address."""
    if request.person_id:
        return people.standing(session, request.person_id)
    account = people.by_email(session, request.email)
    return people.standing(session, account.id) if account else None


def _seen(session: Session, codes: Collection[str], viewer: Holding) -> frozenset[str]:
    """Those of the organisations that the viewer stands over; everything for the Service Desk."""
    if is_everywhere(viewer):
        return frozenset(codes)
    code = MirroredOrganisation.code
    return frozenset(session.scalars(select(code).where(code.in_(codes), stands_over(viewer))))


def _colleagues(session: Session, code: str) -> list[Colleague]:
    roles: dict[str, set[Role]] = defaultdict(set)
    persons: dict[str, MirroredPerson] = {}
    for person, role in people_at(session, code):
        persons[person.id] = person
        roles[person.id].add(role)
    return [Colleague(one.id, one.name, one.email, frozenset(roles[one.id])) for one in persons.values()]


def _asked(session: Session, request: AccessRequest) -> frozenset[Holding]:
    """What else the applicant waits for, as if it were held."""
    others = select(AccessRequest.role, AccessRequest.organisation_code).where(
        _same_applicant(request), AccessRequest.state == RequestState.OPEN, AccessRequest.id != request.id
    )
    return frozenset(Holding(role, (code,)) for role, code in session.execute(others))


def _same_applicant(request: AccessRequest) -> ColumnElement[bool]:
    same_address = AccessRequest.email == request.email
    if request.person_id is None:
        return same_address
    return or_(AccessRequest.person_id == request.person_id, same_address)


def _rejections(session: Session, request: AccessRequest) -> list[Rejection]:
    rejected = AccessRequest.state == RequestState.REJECTED
    statement = select(AccessRequest).where(_same_applicant(request), rejected)
    found = session.scalars(statement.order_by(AccessRequest.decided_at.desc()).limit(10))
    return [
        Rejection(
            one.organisation_code,
            one.role,
            one.decided_at or one.asked_at,
            one.decided_by_name or "",
            one.decision_reason,
        )
        for one in found
    ]
