"""The clients of the realm: the portal, the service accounts, and the one that carries the roles."""

from directory.admin_paths import AdminPath
from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.files import Representation
from directory.realm.mappers import correct_mappers, mapper_differences

# Keycloak ignores these in a client that is already there; each has calls of its own.
_SCOPES = {"defaultClientScopes": "default-client-scopes", "optionalClientScopes": "optional-client-scopes"}
_APART = frozenset({*_SCOPES, "protocolMappers"})


class Clients:
    """The clients that our file names, by client id."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        present = clients_of(session)
        found: list[Difference] = []
        for client in wanted.get("clients", []):
            name = client["clientId"]
            found += _differences(client, present[name]) if name in present else [absent("client", name)]
        return found

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        present = clients_of(session)
        for client in wanted.get("clients", []):
            theirs = present.get(client["clientId"])
            if theirs is None:
                session.post("clients", body=client)
            elif _differences(client, theirs):
                _correct_client(session, client, theirs)


def clients_of(session: AdminSession) -> dict[str, Representation]:
    """Every client of the realm, by client id."""
    return {client["clientId"]: client for client in session.get("clients")}


def _differences(client: Representation, theirs: Representation) -> list[Difference]:
    name = client["clientId"]
    plain = {key: value for key, value in client.items() if key != "protocolMappers"}
    return compare("client", name, plain, theirs) + mapper_differences(name, client, theirs)


def _correct_client(session: AdminSession, client: Representation, theirs: Representation) -> None:
    path = ("clients", theirs["id"])
    own = {key: value for key, value in client.items() if key not in _APART}
    session.put(*path, body=overlay(own, theirs))
    _correct_scopes(session, path, client, theirs)
    correct_mappers(session, path, client, theirs)


def _correct_scopes(
    session: AdminSession, path: AdminPath, client: Representation, theirs: Representation
) -> None:
    ids = {scope["name"]: scope["id"] for scope in session.get("client-scopes")}
    changes = {key: (set(client[key]), set(theirs.get(key, []))) for key in _SCOPES if key in client}
    # All go before any come: a scope can't be default and optional at once.
    for key, (ours, present) in changes.items():
        for scope in sorted(present - ours):
            session.delete_if_there(*path, _SCOPES[key], ids[scope])
    for key, (ours, present) in changes.items():
        for scope in sorted(ours - present):
            session.put(*path, _SCOPES[key], ids[scope])
