"""Looks at every open request from time to time, so that none ever waits for somebody who can't answer."""

from sqlalchemy.orm import Session

from portal.effects.reroute import pass_on
from portal.mirroring.refresh import follow_the_account
from portal.model.mirror import MirroredPerson
from portal.services import Services
from portal.store.locks import Lock, hold
from portal.store.queries import requests


def sweep(services: Services) -> int:
    """Has every open request passed on that sits with others now than it was passed to; how many.

    Each person by themselves, and before Keycloak is asked anything: what is set aside goes on record, which
    is everybody's.
    """
    with services.sessions() as session:
        out_of_step = [one.id for one in requests.applicants_out_of_step(session)]
    for person_id in out_of_step:
        with services.sessions.begin() as session:
            _bring_in_step(services, session, person_id)
    with services.sessions.begin() as session:
        return pass_on(services, session, requests.all_open(session))


def _bring_in_step(services: Services, session: Session, person_id: str) -> None:
    hold(session, Lock.MIRROR, person_id)
    seen = session.get(MirroredPerson, person_id)
    if seen:
        follow_the_account(services, session, seen.as_person())
