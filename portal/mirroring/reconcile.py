"""Reads everything from Keycloak and makes the mirror equal to it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.contract import Reader
from directory.vocabulary import Organisation
from portal.effects import organisation_news
from portal.mirroring.external_changes import KEYCLOAK, Changer, organisation_changed, reconciled
from portal.model.audit import AuditEvent
from portal.model.mirror import MirrorPosition
from portal.services import Services, now
from portal.store import audit, bulk

OVERLAP = timedelta(seconds=20)
"""How much earlier than the last change seen Keycloak is asked again: events show up a little late."""
ChangerOf = Callable[[Organisation], Changer | None]
"""Who changed an organisation; None where the portal did, which has put that on record itself."""
log = structlog.get_logger()


def reconcile(
    services: Services,
    why: str = "All was read again",
    changer_of: ChangerOf = lambda _: KEYCLOAK,
    seen: Sequence[str] = (),
) -> bulk.Difference:
    """Makes the whole mirror equal to Keycloak. People reading it meanwhile see all of it, old or new.

    What changes in Keycloak while it is being read is read again by the follower, which goes on from before.
    Each organisation that was not equal is put on record by itself, as changed by `changer_of`, and how much
    was not equal in all, with `why` it was looked for; when the mirror is filled for the first time, that
    alone. `seen` are the ids of changes that are known and need not be followed again. Raises
    DirectoryUnavailable, and then leaves the mirror as it was.
    """
    began = now()
    with services.sessions() as session:
        read_from = bulk.clock(session)
    every = read_all(services.reader)
    with services.sessions.begin() as session:
        before = bulk.organisations_before(session, read_from)
        difference = bulk.replace_all(session, every, read_from)
        events: list[AuditEvent] = []
        if _was_filled(session, began, seen):
            events += _changed(before, every.organisations, changer_of)
            pairs = [(before.get(each.code), each) for each in every.organisations]
            organisation_news.queue(session, pairs, services.clock())
        if difference.written or difference.deleted:
            events.append(reconciled(difference.written, difference.deleted, why))
        audit.append_all(session, events, services.clock())
    _log(every, difference, now() - began)
    return difference


def read_all(reader: Reader) -> bulk.Everything:
    """All that the mirror is a copy of. Raises DirectoryUnavailable."""
    return bulk.Everything(
        list(reader.organisations()),
        list(reader.people()),
        list(reader.all_holdings()),
        list(reader.all_clusters()),
        list(reader.all_restrictions()),
    )


def _was_filled(session: Session, began: datetime, seen: Sequence[str]) -> bool:
    """Whether the mirror was filled before; notes how far it has read by now, and what it knows beyond.

    Who asked for it since it began is still to be heard: what they want read may have been read before.
    """
    known = session.get(MirrorPosition, 1)
    position = known or MirrorPosition(id=1, seen=[])
    position.read_to, position.reconciled_at, position.seen = began - OVERLAP, began, list(seen)
    session.add(position)
    session.flush()  # the rows, this, and then the record are locked, in the follower's order
    return known is not None


def _log(every: bulk.Everything, difference: bulk.Difference, took: timedelta) -> None:
    log.info(
        "reconciled",
        organisations=len(every.organisations),
        people=len(every.people),
        holdings=len(every.holdings),
        clusters=len(every.clusters),
        written=difference.written,
        deleted=difference.deleted,
        seconds=round(took.total_seconds(), 1),
    )


def _changed(
    before: Mapping[str, Organisation], read: Sequence[Organisation], changer_of: ChangerOf
) -> Iterator[AuditEvent]:
    after = {each.code: each for each in read}
    for code in sorted({*before, *after}):
        was, became = before.get(code), after.get(code)
        changer = changer_of(known) if was != became and (known := became or was) else None
        if changer and (event := organisation_changed(was, became, changer)):
            yield event


def ask_for_reconcile(session: Session) -> None:
    """Has the follower reconcile next; until it has, it calls the mirror out of step."""
    session.execute(update(MirrorPosition).values(reconcile_asked_at=now()))
