"""Looks at every open request from time to time, so that none ever waits for somebody who can't answer."""

from portal.effects.reroute import pass_on
from portal.mirroring.refresh import follow_the_account
from portal.services import Services
from portal.store.queries import requests


def sweep(services: Services) -> int:
    """Has every open request passed on that sits with others now than it was passed to; how many."""
    with services.sessions.begin() as session:
        for person in requests.applicants_out_of_step(session):
            follow_the_account(services, session, person.as_person())
        return pass_on(services, session, requests.all_open(session))
