"""A person says whether they want our e-mails."""

from portal.acts.origin import Origin
from portal.casework.audit_events import author
from portal.casework.current_state import actor_now
from portal.effects import names, preferences
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services


def set_wants_email(services: Services, person_id: str, wants: bool, origin: Origin) -> bool:
    """Has it kept in Keycloak; whether it is there already. Raises NotAllowed for the disabled."""
    actor, at = actor_now(services, ActingAs(person_id)), services.clock()
    if not actor.standing.is_active:
        raise NotAllowed(Verdict(Refusal.DISABLED))
    with services.sessions.begin() as session:
        names.correct(session, actor.standing.person, author(actor, origin.address), at)
        effect = preferences.queue(session, actor.standing.person, wants, at)
    return services.wait([effect.id])
