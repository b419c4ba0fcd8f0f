"""The organisations of Keycloak in bulk: read all, make thousands, change thousands. Only the sync needs it.

The service account for organisations holds one right in Keycloak, `manage-users`, which groups come under.
Importing whole subtrees, some four times faster than group by group, needs `manage-realm`, which may change
password rules and mail servers: no standing account gets that. An administrator who lends their own sign-in
for the first load of a country gets the fast way, everybody else the same tree by single calls.

Everything here may be stopped at any moment and started again. An imported subtree is whole or not there; one
that stands at the top of the realm, not yet moved, is found by `read` and put in its place by `place`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from directory.bulk_session import BulkSession
from directory.connection import AdminConnection, Connection
from directory.errors import NotThere
from directory.organisation_facts import with_facts
from directory.tasks import each
from directory.tree_creation import Creation, Progress
from directory.tree_moves import Placement, discard, move_group, place
from directory.tree_read import CurrentTree, read_tree
from directory.tree_split import split
from directory.vocabulary import Organisation

CHANGES_AT_ONCE = 8
PATIENCE = 180.0  # seconds for which a Keycloak that restarts in the middle of a run is waited for
WORTH_IMPORTING = 200  # new organisations; below, an administrator's sign-in isn't used at all

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class FactsChange:
    """Attributes to write on one organisation; an empty value takes the attribute away.

    `description` is what Keycloak's console shows beside the code.
    """

    id: str
    code: str
    facts: Mapping[str, str]
    description: str


class Tree:
    """The tree of organisations, as the service account `connection` or, for imports, as `administrator`.

    Every call may raise DirectoryUnavailable or DirectoryRefused; made again, it finishes what is left.
    """

    def __init__(self, connection: Connection, administrator: AdminConnection | None = None) -> None:
        self._connection = connection
        self._administrator = administrator

    def read(self) -> CurrentTree:
        """All organisations: some seconds for a country."""
        return self._run(read_tree)

    def create(
        self, organisations: Sequence[Organisation], current: CurrentTree, progress: Progress
    ) -> Mapping[str, str]:
        """Makes them, each below its parent, which is there or among them; the new ids by ODS code.

        Ids inside imported subtrees are not among them. One that exists by now is left as it is.
        """
        administrator = self._administrator if len(organisations) >= WORTH_IMPORTING else None
        parts = split(organisations, import_subtrees=administrator is not None)
        ids = {code: organisation.id for code, organisation in current.organisations.items()}

        async def work(session: BulkSession) -> Mapping[str, str]:
            if administrator is not None:
                await session.post("clear-realm-cache", task="emptying the cache, which slows writes")
            return await Creation(session, {"": current.root_id, **ids}, progress).run(parts)

        return self._run(work, administrator)

    def place(self, placements: Sequence[Placement], progress: Progress) -> None:
        """Moves whole subtrees from the top of the realm to their parents."""

        async def move(session: BulkSession, placement: Placement) -> None:
            await place(session, placement)
            progress(1)

        self._run_each(placements, move)

    def move(self, placements: Sequence[Placement], progress: Progress) -> None:
        """Puts organisations, with all below them and everybody's roles there, under other parents.

        No parent may stand below what is moved. Raises DirectoryRefused where one of its code stands already.
        """

        async def move(session: BulkSession, placement: Placement) -> None:
            await move_group(session, placement)
            progress(1)

        self._run_each(placements, move)

    def discard(self, duplicates: Sequence[str]) -> None:
        """Removes leftovers whose organisations are in the tree; refuses where people may have roles."""
        self._run_each(duplicates, discard)

    def update(self, changes: Sequence[FactsChange], progress: Progress) -> None:
        """Writes these attributes and no others: what an administrator or the portal put there stays."""

        async def write(session: BulkSession, change: FactsChange) -> None:
            await _write_facts(session, change)
            progress(1)

        self._run_each(changes, write)

    def _run(
        self,
        work: Callable[[BulkSession], Coroutine[Any, Any, Item]],
        administrator: AdminConnection | None = None,
    ) -> Item:
        """An administrator's single calls are twice as fast too: each write in a realm empties the cache of
        that realm's clients and roles, and the service account's rights are looked up there every time."""

        async def opened() -> Item:
            who = administrator or self._connection
            async with BulkSession(who, self._connection.realm, PATIENCE) as session:
                return await work(session)

        return asyncio.run(opened())

    def _run_each(
        self, items: Sequence[Item], act: Callable[[BulkSession, Item], Coroutine[Any, Any, None]]
    ) -> None:
        async def work(session: BulkSession) -> None:
            await each(items, CHANGES_AT_ONCE, lambda item: act(session, item))

        if items:
            self._run(work)


async def _write_facts(session: BulkSession, change: FactsChange) -> None:
    facts = {name: [value] for name, value in change.facts.items()}
    task = f"changing {change.code}"

    def edited(group: dict[str, Any]) -> dict[str, Any] | None:
        return with_facts(group, facts, change.description)

    try:
        await session.edit("groups", change.id, task=task, edited=edited)
    except NotThere as fault:
        raise NotThere(f"{change.code} was removed in the meantime: run again") from fault
