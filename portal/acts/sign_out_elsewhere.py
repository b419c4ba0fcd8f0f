"""A person ends sign-ins of their own that go on elsewhere: on a lost phone, or on a shared computer."""

from collections.abc import Collection

from portal.acts.origin import Origin
from portal.casework.audit_events import Author, author
from portal.casework.current_state import actor_now
from portal.effects import sign_out_elsewhere as ending
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.actor import ActingAs
from portal.services import Services
from portal.store import audit, browser_sessions


def sign_out_elsewhere(services: Services, asked_by: ActingAs, ids: Collection[str], origin: Origin) -> bool:
    """Ends those of these sessions of Keycloak's that are the person's; whether Keycloak has done so already.

    The portal's own of them end at once, so that their next request finds none. Raises NotAllowed for who has
    no account any more.
    """
    actor = actor_now(services, asked_by)
    with services.sessions.begin() as session:
        browser_sessions.end_those(session, actor.id, ids)
        effect = ending.queue(session, actor.standing.person, ids, services.clock())
        audit.append(session, _event(actor.id, ids, author(actor, origin.address)), services.clock())
    return services.wait([effect.id])


def _event(person_id: str, ids: Collection[str], by: Author) -> AuditEvent:
    return AuditEvent(
        **by, kind=AuditKind.SIGNED_OUT_ELSEWHERE, subject=person_id, after={"sessions": len(ids)}
    )
