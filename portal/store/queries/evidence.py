"""Reads what the evidence beside a decision is worked out from."""

from collections import defaultdict

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.model.mirror import MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.rules.evidence import Colleague, Facts, Rejection
from portal.store.queries import people
from portal.store.queries.providers import people_at


def facts(session: Session, request: AccessRequest) -> Facts:
    """Who is at the organisation asked for, what the applicant holds, and what they were refused before."""
    account = people.by_email(session, request.email)
    standing = people.standing(session, account.id) if account else None
    return Facts(
        colleagues=_colleagues(session, request.organisation_code),
        holdings=standing.holdings if standing else frozenset(),
        rejections=_rejections(session, request),
    )


def _colleagues(session: Session, code: str) -> list[Colleague]:
    roles: dict[str, set[Role]] = defaultdict(set)
    persons: dict[str, MirroredPerson] = {}
    for person, role in people_at(session, code):
        persons[person.id] = person
        roles[person.id].add(role)
    return [Colleague(one.id, one.name, one.email, frozenset(roles[one.id])) for one in persons.values()]


def _rejections(session: Session, request: AccessRequest) -> list[Rejection]:
    theirs = AccessRequest.email == request.email
    if request.person_id:
        theirs = or_(theirs, AccessRequest.person_id == request.person_id)
    statement = select(AccessRequest).where(theirs, AccessRequest.state == RequestState.REJECTED)
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
