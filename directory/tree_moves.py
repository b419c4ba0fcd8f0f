"""Puts groups of organisations in their places, and away. Done twice, each is as good."""

from dataclasses import dataclass

from directory.bulk_session import BulkSession
from directory.errors import AlreadyThere, DirectoryRefused
from directory.tree_read import has_roles_below


@dataclass(frozen=True, slots=True)
class Placement:
    """A group to put under another, by their ids."""

    id: str
    code: str
    parent_id: str


async def place(session: BulkSession, placement: Placement) -> None:
    """A subtree from the top of the realm, or away with it where its organisations are in the tree by now."""
    try:
        await move_group(session, placement)
    except AlreadyThere:  # another run at the same time was first
        await discard(session, placement.id)


async def move_group(session: BulkSession, placement: Placement) -> None:
    """To the group itself, its id, members and role mappings, nothing happens.

    Raises AlreadyThere where one of its code stands there.
    """
    children = ("groups", placement.parent_id, "children")
    body = {"id": placement.id, "name": placement.code}
    try:
        await session.post(*children, task=f"placing {placement.code}", body=body)
    except AlreadyThere as fault:
        raise AlreadyThere(
            f"{placement.code} stands twice in Keycloak: remove one there, run again"
        ) from fault


async def discard(session: BulkSession, group_id: str) -> None:
    """Removes a leftover. Raises DirectoryRefused where people may have roles in it."""
    if await has_roles_below(session, group_id):
        raise DirectoryRefused(
            f"the group {group_id} at the top of the realm doubles an organisation and has roles in it: "
            "move its people in Keycloak's console, remove it, and run again"
        )
    await session.delete_if_there("groups", group_id, task="removing a leftover")
