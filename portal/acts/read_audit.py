"""The Service Desk reads or downloads the audit, which is itself put on record."""

from collections.abc import Mapping

from portal.acts.origin import Origin
from portal.casework.audit_events import author
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.actor import Actor
from portal.services import Services
from portal.store import audit

THE_AUDIT = "audit"


def note_reading(
    services: Services, reader: Actor, sought: Mapping[str, str], page: int, origin: Origin
) -> None:
    """Puts on record who looked at which page of what; `sought` is what was filled in of the search."""
    _note(services, reader, AuditKind.AUDIT_READ, {"sought": dict(sought), "page": page}, origin)


def note_download(services: Services, reader: Actor, sought: Mapping[str, str], origin: Origin) -> None:
    """The same for all that matches, as a file."""
    _note(services, reader, AuditKind.AUDIT_DOWNLOADED, {"sought": dict(sought)}, origin)


def _note(
    services: Services, reader: Actor, kind: AuditKind, after: Mapping[str, object], origin: Origin
) -> None:
    event = AuditEvent(**author(reader, origin.address), kind=kind, subject=THE_AUDIT, after=after)
    with services.sessions.begin() as session:
        audit.append(session, event, services.clock())
