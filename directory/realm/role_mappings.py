"""The roles that a group or a service account of ours has: exactly those of our file, of realm and clients.

A role too many on one of these is a right that nobody decided on, so it counts as a difference and is taken
away, whoever put it there.
"""

from collections.abc import Mapping
from typing import Any

from directory.realm.client_roles import roles_of
from directory.realm.clients import clients_of
from directory.realm.comparing import Difference, absent, unwanted
from directory.realm.files import Representation
from directory.realm.server import RealmServer

REALM = ""
Roles = set[tuple[str, str]]


def wanted_roles(holder: Representation) -> Roles:
    """(client, role) pairs that our file gives; the client is empty for a role of the realm."""
    return {(REALM, role) for role in holder.get("realmRoles", [])} | {
        (client, role) for client, roles in holder.get("clientRoles", {}).items() for role in roles
    }


def present_roles(server: RealmServer, holder: str) -> Roles:
    """The pairs that the group or account at the path `holder` has of its own, inherited ones left out."""
    mappings: Mapping[str, Any] = server.get(f"{holder}/role-mappings")
    of_realm = {(REALM, role["name"]) for role in mappings.get("realmMappings", [])}
    return of_realm | {
        (client, role["name"])
        for client, mapping in mappings.get("clientMappings", {}).items()
        for role in mapping["mappings"]
    }


def role_differences(part: str, subject: str, ours: Roles, theirs: Roles) -> list[Difference]:
    """One difference for each role too few or too many."""
    missing = [absent(part, _named(subject, pair)) for pair in sorted(ours - theirs)]
    return missing + [unwanted(part, _named(subject, pair)) for pair in sorted(theirs - ours)]


def put_roles_right(server: RealmServer, holder: str, ours: Roles) -> None:
    """Gives the missing and takes the unwanted."""
    theirs = present_roles(server, holder)
    for pair in sorted(ours - theirs):
        path, role = _mapping(server, holder, pair)
        server.post(path, [role])
    for pair in sorted(theirs - ours):
        path, role = _mapping(server, holder, pair)
        server.delete(path, [role])


def _mapping(server: RealmServer, holder: str, pair: tuple[str, str]) -> tuple[str, Representation]:
    client, role = pair
    if client == REALM:
        return f"{holder}/role-mappings/realm", server.get(f"/roles/{role}")
    path = f"{holder}/role-mappings/clients/{clients_of(server)[client]['id']}"
    return path, roles_of(server, client)[role]


def _named(subject: str, pair: tuple[str, str]) -> str:
    return f"{subject} {' '.join(word for word in pair if word)}"
