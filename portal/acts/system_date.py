"""Somebody who tries the service moves its date, where the settings allow it: in production never."""

from datetime import timedelta

from portal.acts.origin import Origin
from portal.casework.audit_events import author
from portal.casework.current_state import actor_now
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.actor import ActingAs
from portal.rules.errors import NothingFound
from portal.services import Services, now
from portal.store import audit, moved_clock

FARTHEST = 366 * 2
"""Days."""


def move(services: Services, asked_by: ActingAs, days: int, origin: Origin) -> None:
    """The portal's date is so many days ahead, 0 for none. Raises NothingFound where it can't be moved."""
    if not services.settings.system_date_change or not 0 <= days <= FARTHEST:
        raise NothingFound("system date change")
    by = author(actor_now(services, asked_by), origin.address)
    with services.sessions.begin() as session:
        before = moved_clock.move(session, days, now() + timedelta(days=days))
        event = AuditEvent(
            **by, kind=AuditKind.DATE_MOVED, subject="date", before={"days": before}, after={"days": days}
        )
        audit.append(session, event, services.clock())
