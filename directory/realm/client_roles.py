"""The client roles that people hold, and which clients may see them in a token."""

from directory.admin_session import AdminSession
from directory.realm.clients import clients_of
from directory.realm.comparing import Difference, absent, compare, overlay, unwanted
from directory.realm.composites import composite_differences, correct_composites
from directory.realm.files import Representation


class ClientRoles:
    """The roles of our clients, by name, and exactly which roles each brings. Roles not in our file stay."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        found: list[Difference] = []
        for client, roles in wanted.get("roles", {}).get("client", {}).items():
            present = roles_of(session, client)
            for role in roles:
                found += _role_differences(session, client, role, present.get(role["name"]))
        return found

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        for client, roles in wanted.get("roles", {}).get("client", {}).items():
            path = ("clients", clients_of(session)[client]["id"], "roles")
            present = roles_of(session, client)
            for role in roles:
                theirs = present.get(role["name"])
                if theirs is None:
                    session.post(*path, body=_plain(role))
                else:
                    session.put(*path, role["name"], body=overlay(_plain(role), theirs))
                correct_composites(session, (*path, role["name"]), role)


class ScopeMappings:
    """Which of our roles show in the tokens of which client: exactly those of our file."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        return [
            (absent if missing else unwanted)("role in tokens of", f"{client} {role}")
            for client, _, role, missing in _scope_changes(session, wanted)
        ]

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        known = clients_of(session)
        for client, owner, role, missing in _scope_changes(session, wanted):
            change = session.post if missing else session.delete_if_there
            change(*_scope(known, client, owner), body=[roles_of(session, owner)[role]])


def roles_of(session: AdminSession, client: str) -> dict[str, Representation]:
    """The roles of that client by name; none when there is no such client."""
    known = clients_of(session)
    if client not in known:
        return {}
    return {role["name"]: role for role in session.get("clients", known[client]["id"], "roles")}


def _role_differences(
    session: AdminSession, client: str, role: Representation, theirs: Representation | None
) -> list[Difference]:
    subject = f"{client} {role['name']}"
    if theirs is None:
        return [absent("client role", subject)]
    own = compare("client role", subject, _plain(role), theirs)
    path = ("clients", theirs["containerId"], "roles", role["name"])
    return own + composite_differences(session, path, subject, role)


def _plain(role: Representation) -> Representation:
    return {key: value for key, value in role.items() if key != "composites"}


def _scope_changes(session: AdminSession, wanted: Representation) -> list[tuple[str, str, str, bool]]:
    """(client, owner of the role, role, whether it is missing rather than too many)."""
    known = clients_of(session)
    changes: list[tuple[str, str, str, bool]] = []
    for owner, mappings in wanted.get("clientScopeMappings", {}).items():
        for mapping in mappings:
            client, ours = mapping["client"], set(mapping["roles"])
            present = _mapped(session, known, client, owner)
            changes += [(client, owner, role, True) for role in sorted(ours - present)]
            changes += [(client, owner, role, False) for role in sorted(present - ours)]
    return changes


def _mapped(session: AdminSession, known: dict[str, Representation], client: str, owner: str) -> set[str]:
    if client not in known or owner not in known:
        return set()
    return {role["name"] for role in session.get(*_scope(known, client, owner))}


def _scope(known: dict[str, Representation], client: str, owner: str) -> tuple[str, ...]:
    """The path of the roles of `owner` that show in the tokens of `client`."""
    return "clients", known[client]["id"], "scope-mappings", "clients", known[owner]["id"]
