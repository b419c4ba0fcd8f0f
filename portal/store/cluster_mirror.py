"""Keeps the mirror's clusters, and whom they restrict, in step with what Keycloak was just found to hold."""

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.vocabulary import Cluster, Restriction, Standing
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.store.locks import Lock, hold


def refresh_cluster(session: Session, cluster: Cluster) -> None:
    """The cluster becomes as Keycloak has it."""
    hold(session, Lock.MIRROR, cluster.id)
    statement = insert(MirroredCluster).values(cluster_row(cluster))
    columns = {name: statement.excluded[name] for name in cluster_row(cluster) if name != "id"}
    fresh = statement.on_conflict_do_update(
        index_elements=["id"], set_=columns | {"seen_at": func.clock_timestamp()}
    )
    session.execute(fresh)
    session.expire_all()


def forget_cluster(session: Session, cluster_id: str) -> None:
    """A cluster that is gone from Keycloak. Its people's rows go when each is read again."""
    session.execute(delete(MirroredCluster).where(MirroredCluster.id == cluster_id))


def refresh_restrictions(session: Session, standing: Standing) -> None:
    """What restricts the person becomes as the standing says."""
    rows = [restriction_row(standing.person.id, one) for one in standing.restrictions]
    gone = delete(MirroredRestriction).where(MirroredRestriction.person_id == standing.person.id)
    for row in rows:
        code, cluster_id = row["commissioner_code"], row["cluster_id"]
        same = MirroredRestriction.commissioner_code == code
        gone = gone.where(~(same & (MirroredRestriction.cluster_id == cluster_id)))
    session.execute(gone)
    if rows:
        session.execute(insert(MirroredRestriction).values(rows).on_conflict_do_nothing())


def cluster_row(cluster: Cluster) -> dict[str, object]:
    """The columns of a cluster's row."""
    return {
        "id": cluster.id,
        "commissioner_code": cluster.commissioner,
        "short_name": cluster.short_name,
        "name": cluster.name,
        "description": cluster.description,
        "organisations": sorted(cluster.organisations),
    }


def restriction_row(person_id: str, restriction: Restriction) -> dict[str, object]:
    """The columns of a restriction's row."""
    code, cluster_id = restriction.commissioner, restriction.cluster_id
    return {"person_id": person_id, "commissioner_code": code, "cluster_id": cluster_id}
