"""The roles that a role of ours brings with it: exactly those of our file, of realm and clients."""

from directory.admin_paths import AdminPath
from directory.admin_session import AdminSession
from directory.realm.clients import clients_of
from directory.realm.comparing import Difference
from directory.realm.files import Representation
from directory.realm.role_mappings import REALM, Roles, role_differences, role_of


def composite_differences(
    session: AdminSession, path: AdminPath, subject: str, role: Representation
) -> list[Difference]:
    """One difference for each role that the role at `path` brings too few or too many."""
    return role_differences("role brought by", subject, _wanted(role), _present(session, path))


def correct_composites(session: AdminSession, path: AdminPath, role: Representation) -> None:
    """Adds the missing and takes the unwanted."""
    ours, theirs = _wanted(role), _present(session, path)
    for pair in sorted(ours - theirs):
        session.post(*path, "composites", body=[role_of(session, pair)])
    for pair in sorted(theirs - ours):
        session.delete_if_there(*path, "composites", body=[role_of(session, pair)])


def _wanted(role: Representation) -> Roles:
    brought = role.get("composites", {})
    return {(REALM, name) for name in brought.get("realm", [])} | {
        (client, name) for client, names in brought.get("client", {}).items() for name in names
    }


def _present(session: AdminSession, path: AdminPath) -> Roles:
    owners = {client["id"]: name for name, client in clients_of(session).items()}
    return {
        (owners[role["containerId"]] if role["clientRole"] else REALM, role["name"])
        for role in session.get(*path, "composites")
    }
