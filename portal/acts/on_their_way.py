"""What a person is about to be given: decided, and not yet in Keycloak."""

from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.effects import change_details
from portal.model.invitations import Invitation
from portal.model.requests import AccessRequest
from portal.store.queries import invitations, requests


def on_their_way(session: Session, person_id: str) -> frozenset[tuple[str, Role]]:
    """Roles by ODS code: approved, accepted, or set on User details.

    What is parked isn't on its way: nobody has it, and revoking gives it up. Read before
    Keycloak: what is given in between is seen in one of the two.
    """
    given: list[AccessRequest | Invitation] = [
        *requests.being_applied(session, person_id),
        *invitations.being_applied(session, person_id),
    ]
    by_details = {
        (place.organisation, role)
        for one in change_details.under_way(session, person_id)
        for place in one.wanted
        for role in place.give
    }
    return frozenset({(one.organisation_code, one.role) for one in given} | by_details)
