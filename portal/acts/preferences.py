"""A person says whether they want our e-mails."""

from portal.casework.current_state import actor_now
from portal.effects import preferences
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Refusal, Verdict
from portal.services import Services


def set_wants_email(services: Services, person_id: str, wants: bool) -> bool:
    """Has it kept in Keycloak; whether it is there already. Raises NotAllowed for the disabled."""
    standing = actor_now(services, ActingAs(person_id)).standing
    if not standing.is_active:
        raise NotAllowed(Verdict(Refusal.DISABLED))
    with services.sessions.begin() as session:
        effect = preferences.queue(session, standing.person, wants, services.clock())
    return services.wait([effect.id])
