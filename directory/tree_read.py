"""Reads the organisations that Keycloak holds, with what a stopped run left outside the tree."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from directory.bulk_session import BulkSession
from directory.errors import DirectoryRefused
from directory.translate import ROLES, ROOT, organisation
from directory.vocabulary import Organisation, OrganisationType

AT_ONCE = 12
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
    current = CurrentTree(root)
    gate = asyncio.Semaphore(AT_ONCE)
    await _below(session, gate, current, root, ())
    strays = [group for group in tops if is_organisation(group)]
    current.duplicates = tuple(stray["id"] for stray in strays if stray["name"] in current.organisations)
    for stray in (stray for stray in strays if stray["id"] not in current.duplicates):
        await _add(session, gate, current, stray, ())
        current.unfinished |= {stray["name"]}
    return current


async def has_roles_below(session: BulkSession, group_id: str) -> bool:
    """Whether a role subgroup, and so perhaps a person, is anywhere below this group."""
    groups = await children(session, group_id)
    if any(group["name"] in ROLES for group in groups):
        return True
    inner = [group for group in groups if group.get("subGroupCount", 0)]
    return any([await has_roles_below(session, group["id"]) for group in inner])


def is_organisation(group: Mapping[str, Any]) -> bool:
    """Whether a group at the top of the realm is an organisation: the sync gives each a type."""
    return _first(group, "type") in _TYPES


async def children(session: BulkSession, group_id: str) -> list[Any]:
    """The groups directly below, with their attributes and the number of groups below them."""
    task = "reading the organisations"
    return await session.get_or_none("groups", group_id, "children", task=task, **_FULL) or []


_FULL = {"briefRepresentation": "false", "subGroupsCount": "true", "max": "-1"}


async def _below(
    session: BulkSession, gate: asyncio.Semaphore, current: CurrentTree, group_id: str, path: tuple[str, ...]
) -> None:
    async with gate:
        groups = await children(session, group_id)
    roles = tuple(group["id"] for group in groups if group["name"] in ROLES)
    if roles and path:
        current.role_groups[path[-1]] = roles
    wanted = [group for group in groups if group["name"] not in ROLES]
    await asyncio.gather(*(_add(session, gate, current, group, path) for group in wanted))


async def _add(
    session: BulkSession, gate: asyncio.Semaphore, current: CurrentTree, group: Any, above: tuple[str, ...]
) -> None:
    found = _organisation(group, (*above, group["name"]))
    known = current.organisations.setdefault(found.code, found)
    if known is not found:
        places = f"/{'/'.join(known.path)} and /{'/'.join(found.path)}"
        raise DirectoryRefused(f"{found.code} stands in Keycloak twice, at {places}: remove one there")
    current.descriptions[found.code] = group.get("description") or ""
    if group.get("subGroupCount", 0):
        await _below(session, gate, current, found.id, found.path)


def _organisation(group: Mapping[str, Any], path: tuple[str, ...]) -> Organisation:
    """Its own path says where it is; a leftover at the top of the realm is read as if it were in the tree."""
    names = [name.replace("/", "~/") for name in (ROOT, *path)]
    found = organisation({**group, "path": "/" + "/".join(names)})
    assert found is not None  # noqa: S101 - the path is an organisation's
    return found


def _first(group: Mapping[str, Any], name: str) -> str:
    values = group.get("attributes", {}).get(name) or [""]
    return str(values[0])
