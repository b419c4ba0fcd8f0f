"""Fills the mirror of a country so small that `reconcile`'s temporary tables cost more than its rows."""

from sqlalchemy import insert

from directory.vocabulary import Standing
from portal.mirroring.external_changes import reconciled
from portal.mirroring.reconcile import OVERLAP, read_all
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson, MirrorPosition
from portal.services import WorkerServices, now
from portal.store import audit
from portal.store.mirror import holding_row, organisation_row, person_row


def fill_mirror(services: WorkerServices) -> None:
    """As `reconcile` leaves an empty one; of a directory that has no clusters yet."""
    began, every = now(), read_all(services.reader)
    rows = {
        MirroredOrganisation: [organisation_row(one) | {"seen_at": began} for one in every.organisations],
        MirroredPerson: [person_row(Standing(one)) | {"seen_at": began} for one in every.people],
        MirroredHolding: [holding_row(*pair) for pair in every.holdings],
    }
    assert not every.clusters
    with services.sessions.begin() as session:
        for table, made in rows.items():
            session.execute(insert(table), made)
        session.add(MirrorPosition(id=1, read_to=began - OVERLAP, reconciled_at=now(), seen=[]))
        written = sum(map(len, rows.values()))
        audit.append_all(session, [reconciled(written, 0, "All was read again")], services.clock())
