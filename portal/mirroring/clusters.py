"""Reads one cluster again, and sees to it that whoever is in one stays restricted."""

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from directory.errors import ClusterNotFound
from directory.vocabulary import Cluster
from portal.effects import mark_restricted as marking
from portal.effects import reroute
from portal.mirroring.external_changes import Changer, cluster_changed
from portal.mirroring.refresh import refresh_organisation
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.services import Services
from portal.store import audit, cluster_mirror, mirror
from portal.store.locks import Lock, hold


def refresh_group(
    services: Services, group_id: str, changer: Changer | None = None, *, is_new: bool = False
) -> None:
    """The organisation, or the cluster, whose group this is becomes in the mirror as Keycloak has it."""
    with services.sessions() as session:
        is_organisation = mirror.code_of(session, group_id) is not None
    if is_organisation or not _refresh_cluster(services, group_id, changer):
        refresh_organisation(services, group_id, changer, is_new=is_new)


def _refresh_cluster(services: Services, group_id: str, changer: Changer | None) -> bool:
    """Whether it is one, or was; on record as `refresh_person` puts it."""
    with services.sessions.begin() as session:
        hold(session, Lock.MIRROR, group_id)
        seen = session.get(MirroredCluster, group_id)
        before, after = seen.as_cluster() if seen else None, _cluster(services, group_id)
        if after:
            cluster_mirror.refresh_cluster(session, after)
        elif before:
            cluster_mirror.forget_cluster(session, group_id)
        if changer and (event := cluster_changed(before, after, changer)):
            audit.append(session, event, services.clock())
        known = after or before
        if known and (before is None or after is None or before.organisations != after.organisations):
            reroute.queue(session, known.commissioner, services.clock())
        return known is not None


def _cluster(services: Services, group_id: str) -> Cluster | None:
    try:
        return services.reader.cluster(group_id)
    except ClusterNotFound:
        return None


def mark_restricted(services: Services) -> int:
    """Has those marked as restricted whom the console put in a cluster and nowhere else; how many.

    Otherwise the console could delete the cluster, and they would see everything.
    """
    here, mark = MirroredRestriction, aliased(MirroredRestriction)
    is_marked = exists().where(
        mark.person_id == here.person_id,
        mark.commissioner_code == here.commissioner_code,
        mark.cluster_id == "",
    )
    unmarked = select(here.person_id, here.commissioner_code).where(here.cluster_id != "", ~is_marked)
    with services.sessions.begin() as session:
        found = session.execute(unmarked.distinct()).all()
        for person_id, code in found:
            marking.queue(session, person_id, code, services.clock())
    return len(found)
