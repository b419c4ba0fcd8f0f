"""The roles that a group or a service account of ours has: exactly those of our file, of realm and clients.

A role too many on one of these is a right that nobody decided on, so it counts as a difference and is taken
away, whoever put it there.
"""

from collections.abc import Mapping
from typing import Any

from directory.admin_paths import AdminPath
from directory.admin_session import AdminSession
from directory.realm.clients import clients_of
from directory.realm.comparing import Difference, absent, unwanted
from directory.realm.files import Representation

REALM = ""
Roles = set[tuple[str, str]]


def wanted_roles(holder: Representation) -> Roles:
    """(client, role) pairs that our file gives; the client is empty for a role of the realm."""
    return {(REALM, role) for role in holder.get("realmRoles", [])} | {
        (client, role) for client, roles in holder.get("clientRoles", {}).items() for role in roles
    }


def present_roles(session: AdminSession, holder: AdminPath) -> Roles:
    """The pairs that the group or account at `holder` has of its own, inherited ones left out."""
    mappings: Mapping[str, Any] = session.get(*holder, "role-mappings")
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


def correct_roles(session: AdminSession, holder: AdminPath, ours: Roles) -> None:
    """Gives the missing and takes the unwanted."""
    theirs = present_roles(session, holder)
    for pair in sorted(ours - theirs):
        path, role = _mapping(session, holder, pair)
        session.post(*path, body=[role])
    for pair in sorted(theirs - ours):
        path, role = _mapping(session, holder, pair)
        session.delete_if_there(*path, body=[role])


def role_of(session: AdminSession, pair: tuple[str, str]) -> Representation:
    """The role as Keycloak wants it in a mapping; the client of the pair is empty for a role of the realm."""
    client, role = pair
    found: Representation
    if client == REALM:
        found = session.get("roles", role)
    else:
        found = session.get("clients", clients_of(session)[client]["id"], "roles", role)
    return found


def _mapping(
    session: AdminSession, holder: AdminPath, pair: tuple[str, str]
) -> tuple[AdminPath, Representation]:
    """Where to map the role, and the role as Keycloak wants it in a mapping."""
    client, _ = pair
    if client == REALM:
        return (*holder, "role-mappings", "realm"), role_of(session, pair)
    path = (*holder, "role-mappings", "clients", clients_of(session)[client]["id"])
    return path, role_of(session, pair)


def _named(subject: str, pair: tuple[str, str]) -> str:
    return f"{subject} {' '.join(word for word in pair if word)}"
