"""The client roles that people hold, and which clients may see them in a token."""

from directory.realm.clients import clients_of
from directory.realm.comparing import Difference, absent, compare, overlay, unwanted
from directory.realm.files import Representation
from directory.realm.server import RealmServer


class ClientRoles:
    """The roles of our clients, by name. Roles that our file does not name stay."""

    def differences(self, server: RealmServer, wanted: Representation) -> list[Difference]:
        found: list[Difference] = []
        for client, roles in wanted.get("roles", {}).get("client", {}).items():
            present = roles_of(server, client)
            for role in roles:
                found += _role_differences(client, role, present.get(role["name"]))
        return found

    def put_right(self, server: RealmServer, wanted: Representation) -> None:
        for client, roles in wanted.get("roles", {}).get("client", {}).items():
            path = f"/clients/{clients_of(server)[client]['id']}/roles"
            present = roles_of(server, client)
            for role in roles:
                theirs = present.get(role["name"])
                if theirs is None:
                    server.post(path, role)
                else:
                    server.put(f"{path}/{role['name']}", overlay(role, theirs))


class ScopeMappings:
    """Which of our roles show in the tokens of which client: exactly those of our file."""

    def differences(self, server: RealmServer, wanted: Representation) -> list[Difference]:
        return [
            (absent if missing else unwanted)("role in tokens of", f"{client} {role}")
            for client, _, role, missing in _scope_changes(server, wanted)
        ]

    def put_right(self, server: RealmServer, wanted: Representation) -> None:
        known = clients_of(server)
        for client, owner, role, missing in _scope_changes(server, wanted):
            path = f"/clients/{known[client]['id']}/scope-mappings/clients/{known[owner]['id']}"
            body = [roles_of(server, owner)[role]]
            (server.post if missing else server.delete)(path, body)


def roles_of(server: RealmServer, client: str) -> dict[str, Representation]:
    """The roles of that client by name; none when there is no such client."""
    known = clients_of(server)
    if client not in known:
        return {}
    return {role["name"]: role for role in server.get(f"/clients/{known[client]['id']}/roles")}


def _role_differences(client: str, role: Representation, theirs: Representation | None) -> list[Difference]:
    subject = f"{client} {role['name']}"
    return compare("client role", subject, role, theirs) if theirs else [absent("client role", subject)]


def _scope_changes(server: RealmServer, wanted: Representation) -> list[tuple[str, str, str, bool]]:
    """(client, owner of the role, role, whether it is missing rather than too many)."""
    known = clients_of(server)
    changes: list[tuple[str, str, str, bool]] = []
    for owner, mappings in wanted.get("clientScopeMappings", {}).items():
        for mapping in mappings:
            client, ours = mapping["client"], set(mapping["roles"])
            present = _mapped(server, known, client, owner)
            changes += [(client, owner, role, True) for role in sorted(ours - present)]
            changes += [(client, owner, role, False) for role in sorted(present - ours)]
    return changes


def _mapped(server: RealmServer, known: dict[str, Representation], client: str, owner: str) -> set[str]:
    if client not in known or owner not in known:
        return set()
    path = f"/clients/{known[client]['id']}/scope-mappings/clients/{known[owner]['id']}"
    return {role["name"] for role in server.get(path)}
