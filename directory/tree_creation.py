"""Makes organisations, the singles and the subtrees of `tree_split`."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from directory.admin_paths import AdminPath
from directory.bulk_session import BulkSession
from directory.errors import AlreadyThere, DirectoryRefused
from directory.tasks import each, together
from directory.tree_moves import Placement, place
from directory.tree_read import is_organisation
from directory.tree_split import Split, Subtree
from directory.vocabulary import Organisation

SINGLES_AT_ONCE = 16
IMPORTS_AT_ONCE = 4

Progress = Callable[[int], None]
"""Told how many more organisations are done."""


class Creation:
    """One run of `Tree.create`: singles depth by depth, and subtrees meanwhile.

    A subtree is moved to its parent as soon as that is there. `ids` are those of the groups there by ODS
    code, the root's by the empty one.
    """

    def __init__(self, session: BulkSession, ids: dict[str, str], progress: Progress) -> None:
        self._session = session
        self._ids = ids
        self._new_ids: dict[str, str] = {}
        self._one_more = asyncio.Condition()
        self._progress = progress

    async def run(self, parts: Split) -> Mapping[str, str]:
        subtrees = each(parts.subtrees, IMPORTS_AT_ONCE, self._subtree)
        await together(self._singles(parts.singles), subtrees)
        return self._new_ids

    async def _singles(self, levels: Iterable[Sequence[Organisation]]) -> None:
        for level in levels:
            await each(level, SINGLES_AT_ONCE, self._single)

    async def _single(self, organisation: Organisation) -> None:
        children = ("groups", self._ids[organisation.parent or ""], "children")
        body = {"name": organisation.code, **_told(organisation)}
        try:
            group = await self._session.post(*children, task=f"making {organisation.code}", body=body)
        except AlreadyThere:
            group = await self._existing(children, organisation.code)
        await self._note(organisation, group["id"], 1)

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
        parent = node.organisation.parent or ""
        async with self._one_more:
            await self._one_more.wait_for(lambda: parent in self._ids)
        placement = Placement(result["id"], code, self._ids[parent])
        await place(self._session, placement)
        await self._note(node.organisation, placement.id, node.size)

    async def _check_organisation(self, group_id: str, code: str) -> None:
        """An import that was stopped and still came through is ours; another group of that name isn't."""
        group = await self._session.get_or_none("groups", group_id, task=f"reading {code}")
        if group is None or not is_organisation(group):
            raise DirectoryRefused(f"a group /{code} that is no organisation is in the way: rename it")

    async def _note(self, organisation: Organisation, group_id: str, count: int) -> None:
        self._ids[organisation.code] = self._new_ids[organisation.code] = group_id
        async with self._one_more:
            self._one_more.notify_all()
        self._progress(count)


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
