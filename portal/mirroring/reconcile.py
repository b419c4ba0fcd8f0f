"""Reads everything from Keycloak and makes the mirror equal to it."""

from datetime import timedelta

import structlog

from directory.contract import Reader
from portal.mirroring.external_changes import reconciled
from portal.model.mirror import MirrorPosition
from portal.services import Services, now
from portal.store import audit, bulk

OVERLAP = timedelta(seconds=20)
"""How much earlier than the last change seen Keycloak is asked again: events show up a little late."""
log = structlog.get_logger()


def reconcile(services: Services, why: str = "All was read again") -> bulk.Difference:
    """Makes the whole mirror equal to Keycloak. People reading it meanwhile see all of it, old or new.

    What changes in Keycloak while it is being read is read again by the follower, which goes on from before.
    What was not equal is put on record by its count, with `why` it was looked for. Raises
    DirectoryUnavailable, and then leaves the mirror as it was.
    """
    began = now()
    with services.sessions() as session:
        read_from = bulk.clock(session)
    every = _read_all(services.reader)
    with services.sessions.begin() as session:
        difference = bulk.replace_all(session, every, read_from)
        position = session.get(MirrorPosition, 1) or MirrorPosition(id=1, seen=[])
        position.read_to, position.reconciled_at, position.seen = began - OVERLAP, now(), []
        session.add(position)
        if difference.written or difference.deleted:
            audit.append(session, reconciled(difference.written, difference.deleted, why), services.clock())
    log.info(
        "reconciled",
        organisations=len(every.organisations),
        people=len(every.people),
        holdings=len(every.holdings),
        clusters=len(every.clusters),
        written=difference.written,
        deleted=difference.deleted,
        seconds=round((now() - began).total_seconds(), 1),
    )
    return difference


def _read_all(reader: Reader) -> bulk.Everything:
    return bulk.Everything(
        list(reader.organisations()),
        list(reader.people()),
        list(reader.all_holdings()),
        list(reader.all_clusters()),
        list(reader.all_restrictions()),
    )


def ask_for_reconcile(services: Services) -> None:
    """Has the worker reconcile soon."""
    with services.sessions.begin() as session:
        position = session.get(MirrorPosition, 1, with_for_update=True)
        if position is not None:
            position.reconcile_asked_at = now()
