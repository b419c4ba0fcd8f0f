"""The clients of the realm: the portal, the service accounts, and the one that carries the roles."""

from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.files import Representation
from directory.realm.mappers import mapper_differences, put_mappers_right
from directory.realm.server import RealmServer

# Keycloak ignores these in a client that is already there; each has calls of its own.
_SCOPES = {"defaultClientScopes": "default-client-scopes", "optionalClientScopes": "optional-client-scopes"}
_APART = frozenset({*_SCOPES, "protocolMappers"})


class Clients:
    """The clients that our file names, by client id."""

    def differences(self, server: RealmServer, wanted: Representation) -> list[Difference]:
        present = clients_of(server)
        found: list[Difference] = []
        for client in wanted.get("clients", []):
            name = client["clientId"]
            found += _differences(client, present[name]) if name in present else [absent("client", name)]
        return found

    def put_right(self, server: RealmServer, wanted: Representation) -> None:
        present = clients_of(server)
        for client in wanted.get("clients", []):
            theirs = present.get(client["clientId"])
            if theirs is None:
                server.post("/clients", client)
            elif _differences(client, theirs):
                _put_client_right(server, client, theirs)


def clients_of(server: RealmServer) -> dict[str, Representation]:
    """Every client of the realm, by client id."""
    return {client["clientId"]: client for client in server.get("/clients")}


def _differences(client: Representation, theirs: Representation) -> list[Difference]:
    name = client["clientId"]
    plain = {key: value for key, value in client.items() if key != "protocolMappers"}
    return compare("client", name, plain, theirs) + mapper_differences(client, theirs)


def _put_client_right(server: RealmServer, client: Representation, theirs: Representation) -> None:
    path = f"/clients/{theirs['id']}"
    own = {key: value for key, value in client.items() if key not in _APART}
    server.put(path, overlay(own, theirs))
    _put_scopes_right(server, path, client, theirs)
    put_mappers_right(server, path, client, theirs)


def _put_scopes_right(server: RealmServer, path: str, client: Representation, theirs: Representation) -> None:
    ids = {scope["name"]: scope["id"] for scope in server.get("/client-scopes")}
    changes = {key: (set(client[key]), set(theirs.get(key, []))) for key in _SCOPES if key in client}
    # All go before any come: a scope can't be default and optional at once.
    for key, (ours, present) in changes.items():
        for scope in sorted(present - ours):
            server.delete(f"{path}/{_SCOPES[key]}/{ids[scope]}")
    for key, (ours, present) in changes.items():
        for scope in sorted(ours - present):
            server.put(f"{path}/{_SCOPES[key]}/{ids[scope]}", {})
