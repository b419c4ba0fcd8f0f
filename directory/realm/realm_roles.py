"""The roles of the realm itself: what everybody has, and whom a second factor may be demanded of."""

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.composites import composite_differences, correct_composites
from directory.realm.files import Representation


class RealmRoles:
    """The roles that our file names, and exactly which roles each brings. Other roles stay."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        found: list[Difference] = []
        for role in _roles(wanted):
            theirs = session.get_or_none("roles", role["name"])
            found += _differences(session, role, theirs) if theirs else [absent("realm role", role["name"])]
        return found

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        for role in _roles(wanted):
            path = ("roles", role["name"])
            theirs = session.get_or_none(*path)
            if theirs is None:
                session.post("roles", body=_plain(role))
            else:
                session.put(*path, body=overlay(_plain(role), theirs))
            correct_composites(session, path, role)


def _differences(session: AdminSession, role: Representation, theirs: Representation) -> list[Difference]:
    name = role["name"]
    own = compare("realm role", name, _plain(role), theirs)
    return own + composite_differences(session, ("roles", name), name, role)


def _roles(wanted: Representation) -> list[Representation]:
    roles: list[Representation] = wanted.get("roles", {}).get("realm", [])
    return roles


def _plain(role: Representation) -> Representation:
    return {key: value for key, value in role.items() if key != "composites"}
