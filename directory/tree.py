"""The organisations of Keycloak in bulk: read all, make thousands, change thousands. Only the sync needs it.

The service account for organisations holds one right in Keycloak, `manage-users`, which groups come under.
Importing whole subtrees, some four times faster than group by group, needs `manage-realm`, which may change
password rules and mail servers: no standing account gets that. An administrator who lends their own sign-in
for the first load of a country gets the fast way, everybody else the same tree by single calls.

Everything here may be stopped at any moment and started again. An imported subtree is whole or not there; one
that stands at the top of the realm, not yet moved, is found by `read` and put in its place by `place`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from directory.admin_paths import AdminPath
from directory.bulk_session import BulkSession
from directory.connection import AdminConnection, Connection
from directory.errors import AlreadyThere, DirectoryRefused, NotThere
from directory.organisation_facts import with_facts
from directory.tree_read import CurrentTree, has_roles_below, is_organisation, read_tree
from directory.tree_split import Split, Subtree, split
from directory.vocabulary import Organisation

SINGLES_AT_ONCE = 16
IMPORTS_AT_ONCE = 4
CHANGES_AT_ONCE = 8
PATIENCE = 180.0  # seconds for which a Keycloak that restarts in the middle of a run is waited for
WORTH_IMPORTING = 200  # new organisations; below, an administrator's sign-in isn't used at all

Progress = Callable[[int], None]
"""Told how many more organisations are done."""

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


@dataclass(frozen=True, slots=True)
class Placement:
    """A group to put under another, by their ids."""

    id: str
    code: str
    parent_id: str


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
            return await _Creation(session, {"": current.root_id, **ids}, progress).run(parts)

        return self._run(work, administrator)

    def place(self, placements: Sequence[Placement], progress: Progress) -> None:
        """Moves whole subtrees from the top of the realm to their parents."""

        async def move(session: BulkSession, placement: Placement) -> None:
            await _place(session, placement)
            progress(1)

        self._run_each(placements, move)

    def move(self, placements: Sequence[Placement], progress: Progress) -> None:
        """Puts organisations, with all below them and everybody's roles there, under other parents.

        No parent may stand below what is moved. Raises DirectoryRefused where one of its code stands already.
        """

        async def move(session: BulkSession, placement: Placement) -> None:
            await _move(session, placement)
            progress(1)

        self._run_each(placements, move)

    def discard(self, duplicates: Sequence[str]) -> None:
        """Removes leftovers whose organisations are in the tree; refuses where people may have roles."""
        self._run_each(duplicates, _discard)

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
            await _each(items, CHANGES_AT_ONCE, lambda item: act(session, item))

        if items:
            self._run(work)


class _Creation:
    """One run of `Tree.create`: singles depth by depth, then subtrees.

    `ids` are those of the groups there by ODS code, the root's by the empty one.
    """

    def __init__(self, session: BulkSession, ids: dict[str, str], progress: Progress) -> None:
        self._session = session
        self._ids = ids
        self._new_ids: dict[str, str] = {}
        self._progress = progress

    async def run(self, parts: Split) -> Mapping[str, str]:
        for level in parts.singles:
            await _each(level, SINGLES_AT_ONCE, self._single)
        await _each(parts.subtrees, IMPORTS_AT_ONCE, self._subtree)
        return self._new_ids

    async def _single(self, organisation: Organisation) -> None:
        children = ("groups", self._parent_id(organisation), "children")
        body = {"name": organisation.code, **_told(organisation)}
        try:
            group = await self._session.post(*children, task=f"making {organisation.code}", body=body)
        except AlreadyThere:
            group = await self._existing(children, organisation.code)
        self._note(organisation, group["id"], 1)

    async def _existing(self, children: AdminPath, code: str) -> Any:
        task = f"looking for {code}"
        found = await self._session.get_or_none(*children, task=task, search=code, exact="true")
        same = [group for group in found or () if group["name"] == code]
        if not same:
            raise DirectoryRefused(f"Keycloak neither makes nor shows {code}: run again")
        return same[0]

    async def _subtree(self, node: Subtree) -> None:
        code = node.organisation.code
        body = {"ifResourceExists": "SKIP", "groups": [_import_body(node, "")]}
        answer = await self._session.post("partialImport", task=f"importing {code} and below", body=body)
        (result,) = answer["results"]
        if result["action"] != "ADDED":
            await self._check_organisation(result["id"], code)
        placement = Placement(result["id"], code, self._parent_id(node.organisation))
        await _place(self._session, placement)
        self._note(node.organisation, placement.id, node.size)

    async def _check_organisation(self, group_id: str, code: str) -> None:
        """An import that was stopped and still came through is ours; another group of that name isn't."""
        group = await self._session.get_or_none("groups", group_id, task=f"reading {code}")
        if group is None or not is_organisation(group):
            raise DirectoryRefused(f"a group /{code} that is no organisation is in the way: rename it")

    def _parent_id(self, organisation: Organisation) -> str:
        return self._ids[organisation.parent or ""]

    def _note(self, organisation: Organisation, group_id: str, count: int) -> None:
        self._ids[organisation.code] = self._new_ids[organisation.code] = group_id
        self._progress(count)


async def _place(session: BulkSession, placement: Placement) -> None:
    try:
        await _move(session, placement)
    except AlreadyThere:  # another run at the same time was first
        await _discard(session, placement.id)


async def _move(session: BulkSession, placement: Placement) -> None:
    """To the group itself, its id, members and role mappings, nothing happens; done twice it is as good."""
    children = ("groups", placement.parent_id, "children")
    body = {"id": placement.id, "name": placement.code}
    try:
        await session.post(*children, task=f"placing {placement.code}", body=body)
    except AlreadyThere as fault:
        raise AlreadyThere(
            f"{placement.code} stands twice in Keycloak: remove one there, run again"
        ) from fault


async def _discard(session: BulkSession, group_id: str) -> None:
    if await has_roles_below(session, group_id):
        raise DirectoryRefused(
            f"the group {group_id} at the top of the realm doubles an organisation and has roles in it: "
            "move its people in Keycloak's console, remove it, and run again"
        )
    await session.delete_if_there("groups", group_id, task="removing a leftover")


async def _write_facts(session: BulkSession, change: FactsChange) -> None:
    facts = {name: [value] for name, value in change.facts.items()}
    task = f"changing {change.code}"

    def edited(group: dict[str, Any]) -> dict[str, Any] | None:
        return with_facts(group, facts, change.description)

    try:
        await session.edit("groups", change.id, task=task, edited=edited)
    except NotThere as fault:
        raise NotThere(f"{change.code} was removed in the meantime: run again") from fault


def _told(organisation: Organisation) -> dict[str, Any]:
    """The description is what Keycloak's console shows, beside a code that says nothing to anybody."""
    return {"description": organisation.name, "attributes": _attributes(organisation)}


def _attributes(organisation: Organisation) -> dict[str, list[str]]:
    """No empty values. The approval level is written here only: from then on it's the portal's."""
    values = {
        "name": organisation.name,
        "type": organisation.type.value,
        "postcode": organisation.postcode,
        "town": organisation.town,
        "status": organisation.status.value,
        "approval_level": organisation.approval_level.value if organisation.is_provider else "",
    }
    return {name: [value] for name, value in values.items() if value}


def _import_body(node: Subtree, above: str) -> dict[str, Any]:
    """Keycloak fails with a bare fault on a group or subgroup without its path."""
    path = f"{above}/{node.organisation.code}"
    return {
        "name": node.organisation.code,
        "path": path,
        **_told(node.organisation),
        "subGroups": [_import_body(below, path) for below in node.below],
    }


async def _each(
    items: Iterable[Item], concurrently: int, act: Callable[[Item], Coroutine[Any, Any, None]]
) -> None:
    """Acts on all, so many at once; the first failure stops the rest and is raised."""
    left = iter(items)

    async def worker() -> None:
        for item in left:
            await act(item)

    workers = [asyncio.create_task(worker()) for _ in range(concurrently)]
    try:
        await asyncio.gather(*workers)
    finally:
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
