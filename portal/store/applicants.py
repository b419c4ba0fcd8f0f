"""Ties what was asked from an e-mail address to the account that has come to it, and keeps it there."""

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from directory.vocabulary import Person
from portal.model.notices import Notice
from portal.model.requests import AccessRequest, RequestState


def tie_requests(session: Session, person: Person) -> None:
    """Open requests of the address that name no account are this person's from now on.

    From then on the account says who the applicant is, whatever becomes of the address. One for what the
    person has asked for already, under another address, stays as it is.
    """
    own = aliased(AccessRequest)
    asked_already = exists().where(
        own.person_id == person.id,
        own.state == RequestState.OPEN,
        own.organisation_code == AccessRequest.organisation_code,
        own.role == AccessRequest.role,
    )
    session.execute(
        update(AccessRequest)
        .where(
            AccessRequest.email == person.email.lower(),
            AccessRequest.person_id.is_(None),
            AccessRequest.state == RequestState.OPEN,
            ~asked_already,
        )
        .values(person_id=person.id)
        .execution_options(synchronize_session=False)
    )


def follow_applicant(session: Session, person: Person) -> None:
    """The person's requests that aren't over, and what approvers are told of them, have their present name.

    So with the address, unless somebody else has asked the same from it meanwhile.
    """
    tie_requests(session, person)
    unfinished = AccessRequest.applied_at.is_(None) & AccessRequest.state.in_(
        [RequestState.OPEN, RequestState.SET_ASIDE, RequestState.APPROVED]
    )
    own = and_(AccessRequest.person_id == person.id, unfinished)
    names = {"first_name": person.first_name, "last_name": person.last_name}
    _rename_notices(session, person, own)
    _change(session, own & _differs(names), names)
    address = {"email": person.email.lower()}
    _change(session, own & _differs(address) & ~_asked_by_another(address["email"]), address)
    session.expire_all()


def _rename_notices(session: Session, person: Person, own: ColumnElement[bool]) -> None:
    """A notice to an approver is named after the applicant as they were then called."""
    called = AccessRequest.first_name + " " + AccessRequest.last_name
    those = select(AccessRequest.id).where(own, Notice.name == called)
    rename = update(Notice).where(Notice.request_id.in_(those), Notice.name != person.name)
    session.execute(rename.values(name=person.name), execution_options={"synchronize_session": False})


def _change(session: Session, which: ColumnElement[bool], values: dict[str, str]) -> None:
    statement = update(AccessRequest).where(which).values(values)
    session.execute(statement, execution_options={"synchronize_session": False})


def _differs(values: dict[str, str]) -> ColumnElement[bool]:
    return or_(*(getattr(AccessRequest, name) != value for name, value in values.items()))


def _asked_by_another(email: str) -> ColumnElement[bool]:
    other = aliased(AccessRequest)
    return exists().where(
        other.email == email,
        other.id != AccessRequest.id,
        other.state == RequestState.OPEN,
        other.organisation_code == AccessRequest.organisation_code,
        other.role == AccessRequest.role,
    )
