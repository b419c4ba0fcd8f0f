"""Who and what hangs on organisations in Keycloak: people with roles there, and clusters that list them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from directory import clusters
from directory.admin_session import AdminSession
from directory.bulk_session import BulkSession
from directory.connection import Connection
from directory.tree_read import CurrentTree
from directory.vocabulary import Cluster

AT_ONCE = 12


def people_at(
    connection: Connection, current: CurrentTree, codes: Collection[str]
) -> dict[str, frozenset[str]]:
    """The ids of those who hold a role exactly there, by ODS code; where nobody does is left out.

    A call for each role that is held at these organisations. Raises DirectoryError.
    """
    wanted = {code: current.role_groups[code] for code in codes if code in current.role_groups}
    found = asyncio.run(_members(connection, wanted)) if wanted else {}
    people = {code: frozenset[str]().union(*(found[one] for one in ids)) for code, ids in wanted.items()}
    return {code: who for code, who in people.items() if who}


def every_cluster(connection: Connection) -> list[Cluster]:
    """Raises DirectoryError."""
    return list(clusters.all_clusters(AdminSession(connection, connection.realm)))


async def _members(connection: Connection, groups: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    left = iter([one for ids in groups.values() for one in ids])

    async with BulkSession(connection, connection.realm) as session:

        async def worker() -> None:
            for group_id in left:
                path = ("groups", group_id, "members")
                task = "reading who holds roles"
                people = await session.get_or_none(*path, task=task, max="-1", briefRepresentation="true")
                found[group_id] = frozenset(str(one["id"]) for one in people or ())

        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return found
