"""Reads the organisations that Keycloak holds, with what a stopped run left outside the tree."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from directory.bulk_session import BulkSession
from directory.errors import DirectoryRefused
from directory.translate import ROLES, ROOT, organisation
from directory.vocabulary import Organisation, OrganisationType

AT_ONCE = 12
_FULL = {"briefRepresentation": "false", "max": "-1"}
_EVERY = {"search": "*", "populateHierarchy": "false", "subGroupsCount": "false", "max": "-1"}
_TYPES = frozenset(kind.value for kind in OrganisationType)


@dataclass(slots=True)
class CurrentTree:
    """The organisations of Keycloak, by ODS code.

    `root_id` is the id of the group `/organisations`. `unfinished` are the codes whose group stands at the
    top of the realm: whole subtrees that a stopped run has made and not yet moved. `duplicates` are the ids
    of such groups whose code is in the tree already. `descriptions` are what the console shows beside the
    codes. `role_groups` are the ids of the groups whose members hold roles at an organisation.
    """

    root_id: str
    organisations: dict[str, Organisation] = field(default_factory=dict)
    unfinished: frozenset[str] = frozenset()
    duplicates: tuple[str, ...] = ()
    descriptions: dict[str, str] = field(default_factory=dict)
    role_groups: dict[str, tuple[str, ...]] = field(default_factory=dict)


async def read_tree(session: BulkSession) -> CurrentTree:
    """Raises DirectoryRefused when there is no `/organisations`, or an ODS code stands in it twice."""
    tops = await session.get_or_none("groups", task="reading the top groups", **_FULL)
    root = next((group["id"] for group in tops or () if group["name"] == ROOT), None)
    if root is None:
        raise DirectoryRefused(f"the realm has no group /{ROOT}: run `cqrs realm apply` first")
    shape = asyncio.create_task(_shape(session))
    try:
        return await _Reading(session, CurrentTree(root), shape).run(tops)
    finally:
        shape.cancel()
        await asyncio.gather(shape, return_exceptions=True)


async def has_roles_below(session: BulkSession, group_id: str) -> bool:
    """Whether a role subgroup, and so perhaps a person, is anywhere below this group."""
    groups = await _children(session, group_id, subGroupsCount="true")
    if any(group["name"] in ROLES for group in groups):
        return True
    inner = [group for group in groups if group.get("subGroupCount", 0)]
    return any([await has_roles_below(session, group["id"]) for group in inner])


def is_organisation(group: Mapping[str, Any]) -> bool:
    """Whether a group at the top of the realm is an organisation: the sync gives each a type."""
    return _first(group, "type") in _TYPES


@dataclass(frozen=True, slots=True)
class _Shape:
    """Of all groups, which have others than those of roles below them, and whose role groups are whose."""

    parents: frozenset[str]
    role_groups: Mapping[str, tuple[str, ...]]


async def _shape(session: BulkSession) -> _Shape:
    """In one answer: to count for each group what is below it costs Keycloak more than to read it."""
    parents: set[str] = set()
    role_groups: dict[str, tuple[str, ...]] = {}
    for group in await session.get_or_none("groups", task="reading the groups", **_EVERY) or ():
        above = group.get("parentId") or ""
        if group["name"] in ROLES:
            role_groups[above] = (*role_groups.get(above, ()), group["id"])
        else:
            parents.add(above)
    return _Shape(frozenset(parents), role_groups)


class _Reading:
    """One run of `read_tree`, which fills `current`.

    What a commissioner has below it is asked for at once, what a provider may have when the shape is known:
    nearly all of them have nothing, or roles alone.
    """

    def __init__(self, session: BulkSession, current: CurrentTree, shape: asyncio.Task[_Shape]) -> None:
        self._session = session
        self._current = current
        self._shape = shape
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def run(self, tops: Iterable[Any]) -> CurrentTree:
        current = self._current
        await self._below(current.root_id, ())
        strays = [group for group in tops if is_organisation(group)]
        current.duplicates = tuple(stray["id"] for stray in strays if stray["name"] in current.organisations)
        for stray in (stray for stray in strays if stray["id"] not in current.duplicates):
            await self._add(stray, ())
            current.unfinished |= {stray["name"]}
        role_groups = (await self._shape).role_groups
        current.role_groups = {
            code: role_groups[each.id]
            for code, each in current.organisations.items()
            if each.id in role_groups
        }
        return current

    async def _below(self, group_id: str, path: tuple[str, ...]) -> None:
        async with self._gate:
            groups = await _children(self._session, group_id, subGroupsCount="false")
        wanted = [group for group in groups if group["name"] not in ROLES]
        await asyncio.gather(*(self._add(group, path) for group in wanted))

    async def _add(self, group: Any, above: tuple[str, ...]) -> None:
        found = _organisation(group, (*above, group["name"]))
        known = self._current.organisations.setdefault(found.code, found)
        if known is not found:
            places = f"/{'/'.join(known.path)} and /{'/'.join(found.path)}"
            raise DirectoryRefused(f"{found.code} stands in Keycloak twice, at {places}: remove one there")
        self._current.descriptions[found.code] = group.get("description") or ""
        if not found.is_provider or found.id in (await self._shape).parents:
            await self._below(found.id, found.path)


async def _children(session: BulkSession, group_id: str, **params: str) -> list[Any]:
    task = "reading the organisations"
    return await session.get_or_none("groups", group_id, "children", task=task, **_FULL | params) or []


def _organisation(group: Mapping[str, Any], path: tuple[str, ...]) -> Organisation:
    """Its own path says where it is; a leftover at the top of the realm is read as if it were in the tree."""
    names = [name.replace("/", "~/") for name in (ROOT, *path)]
    found = organisation({**group, "path": "/" + "/".join(names)})
    assert found is not None  # noqa: S101 - the path is an organisation's
    return found


def _first(group: Mapping[str, Any], name: str) -> str:
    values = group.get("attributes", {}).get(name) or [""]
    return str(values[0])
