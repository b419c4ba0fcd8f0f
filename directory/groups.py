"""Keycloak's groups as the reader and the writer both need them: found by code, by role, and all of them."""

from collections.abc import Iterator
from typing import Any

from directory.admin_session import AdminSession
from directory.errors import DirectoryRefused, OrganisationNotFound
from directory.paging import Row, in_pages, in_parallel
from directory.translate import ROLES, ROOT, holding, organisation, organisation_path
from directory.vocabulary import Holding, Organisation, Role

CLIENT = "cqrs"
"""The client whose roles the groups carry."""
# Every group that matches by itself, not the tree above it; and no count of children, a query for each group.
_FLAT: dict[str, Any] = {"populateHierarchy": "false", "subGroupsCount": "false"}
_FULL: dict[str, Any] = {"briefRepresentation": "false", "subGroupsCount": "false"}


def by_id(session: AdminSession, group_id: str) -> Row:
    """The full group. Raises OrganisationNotFound."""
    group: Row = session.get("groups", group_id, missing=OrganisationNotFound)
    return group


def by_code(session: AdminSession, code: str) -> Organisation:
    """The one organisation with this ODS code, wherever it stands.

    Raises OrganisationNotFound, and DirectoryRefused when two groups have the code: which of them is meant is
    for an administrator to say, not for us to guess.
    """
    if not code.strip() or code in ROLES:
        raise OrganisationNotFound(code)
    matches = session.get("groups", search=code, exact="true", briefRepresentation="false", **_FLAT)
    found = [each for group in matches if (each := organisation(group)) and each.code == code]
    if not found:
        raise OrganisationNotFound(code)
    if len(found) > 1:
        raise DirectoryRefused(f"{code} stands at {len(found)} places in the tree of organisations")
    return found[0]


def role_group(session: AdminSession, organisation_id: str, role: Role) -> Row | None:
    """The full subgroup that carries the role at this organisation; None when it was never needed."""
    children = session.get(
        "groups",
        organisation_id,
        "children",
        missing=OrganisationNotFound,
        search=role.value,
        exact="true",
        **_FULL,
    )
    return next((child for child in children if child["name"] == role.value), None)


def is_mapped(role_group: Row, role: Role) -> bool:
    """Whether this full subgroup has its client role: it may be new, or half made before a crash."""
    return role.value in (role_group.get("clientRoles") or {}).get(CLIENT, ())


def members(session: AdminSession, group_id: str, brief: bool = False) -> list[Row]:
    """Everybody in this group itself."""
    people: list[Row] = session.get(
        "groups", group_id, "members", max=-1, briefRepresentation=str(brief).lower()
    )
    return people


def role_groups(session: AdminSession) -> Iterator[tuple[str, Holding]]:
    """Every group that carries a role: its id, and what its members hold.

    All of a role's groups come in one answer: they share one name, and pages of equal names, which Keycloak
    sorts by, would lose some and repeat others.
    """
    for role in Role:
        for group in session.get("groups", search=role.value, exact="true", max=-1, **_FLAT):
            if what := holding(group["path"]):
                yield group["id"], what


def all_organisations(session: AdminSession) -> Iterator[Organisation]:
    """Every organisation, parents before children.

    The names of all groups come quickly, their attributes slowly except as the children of one group. So: who
    has organisations below, by the names; then the children of those only, some 1,500 of 12,440 in England.
    """
    depth_of: dict[str, int] = {}
    for group in in_pages(lambda first, size: _names(session, first, size)):
        if (path := organisation_path(group["path"])) and "parentId" in group:
            depth_of[group["parentId"]] = len(path)
    parents = sorted(depth_of, key=depth_of.__getitem__)
    for _, children in in_parallel(lambda parent: _children(session, parent), parents):
        yield from (found for child in children if (found := organisation(child)))


def ids_by_path(session: AdminSession) -> dict[tuple[str, ...], str]:
    """The id of every organisation's group by its place in the tree; at the empty path, that of the root."""
    root = session.get("group-by-path", ROOT)["id"]
    every = in_pages(lambda first, size: _names(session, first, size))
    return {(): root} | {path: group["id"] for group in every if (path := organisation_path(group["path"]))}


def _names(session: AdminSession, first: int, size: int) -> list[Row]:
    groups: list[Row] = session.get("groups", search="*", first=first, max=size, **_FLAT)
    return groups


def _children(session: AdminSession, group_id: str) -> list[dict[str, Any]]:
    children: list[Row] = session.get("groups", group_id, "children", max=-1, **_FULL)
    return children
