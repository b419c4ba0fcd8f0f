"""The few groups that everything else stands on, and the roles that each gives to its members."""

from collections.abc import Iterator

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent
from directory.realm.files import Representation
from directory.realm.role_mappings import correct_roles, present_roles, role_differences, wanted_roles


class Groups:
    """The groups that our file names, by path. All others, such as the organisations, stay."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        found: list[Difference] = []
        for group in _every(wanted.get("groups", [])):
            theirs = _at(session, group["path"])
            if theirs is None:
                found.append(absent("group", group["path"]))
            else:
                present = present_roles(session, ("groups", theirs["id"]))
                found += role_differences("group role", group["path"], wanted_roles(group), present)
        return found

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        for group in _every(wanted.get("groups", [])):
            theirs = _at(session, group["path"]) or _make(session, group)
            correct_roles(session, ("groups", theirs["id"]), wanted_roles(group))


def _every(groups: list[Representation]) -> Iterator[Representation]:
    for group in groups:
        yield group
        yield from _every(group.get("subGroups", []))


def _at(session: AdminSession, path: str) -> Representation | None:
    group: Representation | None = session.get_or_none("group-by-path", *path.strip("/").split("/"))
    return group


def _make(session: AdminSession, group: Representation) -> Representation:
    above = group["path"].rpartition("/")[0]
    parent = _at(session, above) if above else None
    path = ("groups", parent["id"], "children") if parent else ("groups",)
    return {"id": session.create(*path, body={"name": group["name"]})}
