"""Makes, changes and deletes service provider clusters, and restricts people to them.

Whoever joins a cluster through us is marked as restricted first, and unmarked last: whatever is interrupted
in between leaves nobody with more than they had.
"""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from directory import clusters, groups
from directory.admin_session import AdminSession
from directory.errors import AlreadyThere, ClusterNotFound, DirectoryUnavailable, PersonNotFound
from directory.paging import Row
from directory.translate import CLUSTERS, cluster, cluster_place
from directory.vocabulary import Cluster

LAST_NUMBER = "last_number"
"""The attribute of a commissioner's group that counts its clusters, the deleted ones too."""
KEY = "made_for"


def create(
    session: AdminSession,
    commissioner: str,
    key: str,
    name: str,
    description: str,
    organisations: Collection[str],
) -> Cluster:
    """The cluster made for this key, made now if it was not."""
    at = _ensure_home(session, commissioner)
    present = clusters.within(session, at["id"])
    made = next((one for one in present if (one.get("attributes") or {}).get(KEY) == [key]), None)
    if made and (known := cluster(made)):
        return known
    short_name = f"{commissioner}-{_next_number(session, at, present)}"
    attributes = {KEY: [key], **_attributes(name, description, organisations)}
    try:
        created = session.create(
            "groups", at["id"], "children", body={"name": short_name, "attributes": attributes}
        )
    except AlreadyThere as taken:
        raise DirectoryUnavailable("another cluster takes this short name at this moment") from taken
    return clusters.by_id(session, created)


def change(
    session: AdminSession,
    cluster_id: str,
    name: str,
    description: str,
    add: Collection[str],
    remove: Collection[str],
) -> Cluster:
    """The cluster with all that changed. Raises ClusterNotFound."""
    group = session.get("groups", cluster_id, missing=ClusterNotFound)
    before = cluster(group)
    if before is None:
        raise ClusterNotFound(cluster_id)
    listed = (before.organisations | frozenset(add)) - frozenset(remove)
    kept = group.get("attributes") or {}
    attributes = {**kept, **_attributes(name, description, listed)}
    if attributes != kept:
        body = {"name": group["name"], "attributes": attributes}
        session.put("groups", cluster_id, body=body, missing=ClusterNotFound)
    return clusters.by_id(session, cluster_id)


def delete(session: AdminSession, cluster_id: str, lift: Collection[str]) -> None:
    """Its people are marked as restricted before it goes; of those to lift, who is in no other is not."""
    with suppress(ClusterNotFound):
        gone = clusters.by_id(session, cluster_id)
        home_id = _ensure_home(session, gone.commissioner)["id"]
        for person in groups.members(session, cluster_id, brief=True):
            with suppress(PersonNotFound):
                _settle(session, person["id"], gone, home_id, lift)
        session.delete_if_there("groups", cluster_id)


def _settle(
    session: AdminSession, person_id: str, gone: Cluster, home_id: str, lift: Collection[str]
) -> None:
    if person_id in lift and set(_clusters_of(session, person_id, gone.commissioner)) == {gone.id}:
        _leave(session, person_id, home_id)
    else:
        _join(session, person_id, home_id)


def restrict(session: AdminSession, person_id: str, commissioner: str, cluster_ids: Collection[str]) -> None:
    """Marked first, then put in what is new, then taken out of the rest."""
    at = _ensure_home(session, commissioner)
    theirs = {group["id"] for group in clusters.within(session, at["id"])}
    if unknown := set(cluster_ids) - theirs:
        raise ClusterNotFound(", ".join(sorted(unknown)))
    now = set(_clusters_of(session, person_id, commissioner))
    for joining in (at["id"], *sorted(set(cluster_ids) - now)):
        _join(session, person_id, joining)
    for leaving in sorted(now - set(cluster_ids)):
        _leave(session, person_id, leaving)


def mark(session: AdminSession, person_id: str, commissioner: str) -> None:
    """As restricted, whoever is in a cluster."""
    if _clusters_of(session, person_id, commissioner):
        _join(session, person_id, _ensure_home(session, commissioner)["id"])


def lift(session: AdminSession, person_id: str, commissioner: str) -> None:
    """Out of every cluster, and unmarked at last."""
    leaving = _clusters_of(session, person_id, commissioner)
    at = clusters.home(session, commissioner)
    for group_id in (*leaving, at["id"]) if at else ():
        _leave(session, person_id, group_id)


def _clusters_of(session: AdminSession, person_id: str, commissioner: str) -> list[str]:
    places = ((group["id"], cluster_place(group["path"])) for group in clusters.joined(session, person_id))
    return [group_id for group_id, place in places if place and place[0] == commissioner and place[1]]


def _join(session: AdminSession, person_id: str, group_id: str) -> None:
    with suppress(AlreadyThere):
        session.put("users", person_id, "groups", group_id, missing=PersonNotFound)


def _leave(session: AdminSession, person_id: str, group_id: str) -> None:
    session.delete("users", person_id, "groups", group_id, missing=PersonNotFound)


def _ensure_home(session: AdminSession, commissioner: str) -> Row:
    if found := clusters.home(session, commissioner):
        return found
    root = session.get("group-by-path", CLUSTERS)
    with suppress(AlreadyThere):
        session.create("groups", root["id"], "children", body={"name": commissioner})
    if found := clusters.home(session, commissioner):
        return found
    raise DirectoryUnavailable("the commissioner's clusters are being made by another at this moment")


def _next_number(session: AdminSession, at: Row, present: Collection[Row]) -> int:
    """A number that no cluster of the commissioner has had, noted as used before it is."""
    kept: dict[str, Any] = session.get("groups", at["id"], missing=ClusterNotFound).get("attributes") or {}
    noted = (kept.get(LAST_NUMBER) or ["0"])[0]
    highest = max((known.number for group in present if (known := cluster(group))), default=0)
    number = max(int(noted) if noted.isdigit() else 0, highest) + 1
    body = {"name": at["name"], "attributes": {**kept, LAST_NUMBER: [str(number)]}}
    session.put("groups", at["id"], body=body, missing=ClusterNotFound)
    return number


def _attributes(name: str, description: str, organisations: Collection[str]) -> dict[str, list[str]]:
    """A code each: Keycloak keeps no value of more than 255 characters."""
    facts = {"name": [name], "description": [description], "organisations": sorted(organisations)}
    return {fact: values if any(values) else [] for fact, values in facts.items()}
