"""The few groups that everything else stands on, and the roles that each gives to its members."""

from collections.abc import Iterator
from urllib.parse import quote

from directory.realm.comparing import Difference, absent
from directory.realm.files import Representation
from directory.realm.role_mappings import present_roles, put_roles_right, role_differences, wanted_roles
from directory.realm.server import RealmServer


class Groups:
    """The groups that our file names, by path. All others, such as the organisations, stay."""

    def differences(self, server: RealmServer, wanted: Representation) -> list[Difference]:
        found: list[Difference] = []
        for group in _every(wanted.get("groups", [])):
            theirs = _find(server, group["path"])
            if theirs is None:
                found.append(absent("group", group["path"]))
            else:
                present = present_roles(server, f"/groups/{theirs['id']}")
                found += role_differences("group role", group["path"], wanted_roles(group), present)
        return found

    def put_right(self, server: RealmServer, wanted: Representation) -> None:
        for group in _every(wanted.get("groups", [])):
            theirs = _find(server, group["path"]) or _make(server, group)
            put_roles_right(server, f"/groups/{theirs['id']}", wanted_roles(group))


def _every(groups: list[Representation]) -> Iterator[Representation]:
    for group in groups:
        yield group
        yield from _every(group.get("subGroups", []))


def _find(server: RealmServer, path: str) -> Representation | None:
    found: Representation | None = server.find(f"/group-by-path/{quote(path.strip('/'))}")
    return found


def _make(server: RealmServer, group: Representation) -> Representation:
    above = group["path"].rpartition("/")[0]
    parent = _find(server, above) if above else None
    server.post(f"/groups/{parent['id']}/children" if parent else "/groups", {"name": group["name"]})
    made: Representation = server.get(f"/group-by-path/{quote(group['path'].strip('/'))}")
    return made
