"""Ties what was asked from an e-mail address to the account that has come to it since."""

from sqlalchemy import exists, update
from sqlalchemy.orm import Session, aliased

from directory.vocabulary import Person
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
