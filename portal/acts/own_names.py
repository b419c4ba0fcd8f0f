"""A person corrects what they are called."""

from dataclasses import astuple

from portal.acts.origin import Origin
from portal.casework.audit_events import author
from portal.casework.current_state import actor_now
from portal.effects import names
from portal.effects.names import Names
from portal.rules.actor import ActingAs
from portal.rules.errors import NameRefused, NotAllowed
from portal.rules.names import name_problem
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services


def change(services: Services, asked_by: ActingAs, wanted: Names, origin: Origin) -> bool:
    """Has the person called so, and waits a little for it; whether Keycloak has it already.

    Raises NameRefused, and NotAllowed for the disabled.
    """
    if any(name_problem(name) for name in astuple(wanted)):
        raise NameRefused
    actor = actor_now(services, asked_by)
    if not actor.standing.is_active:
        raise NotAllowed(Verdict(Refusal.DISABLED))
    person = actor.standing.person
    if wanted == Names(person.first_name, person.last_name):
        return True
    with services.sessions.begin() as session:
        by = author(actor, origin.address)
        effect = names.queue(session, person, wanted, by, services.clock())
    return services.wait([effect.id])
