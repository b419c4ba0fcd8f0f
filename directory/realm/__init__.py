"""The realm as code: what differs on a running Keycloak from the realm file, and putting it right.

Only what the file names is compared and changed. Clients, roles, groups, attributes and settings that it does
not name are somebody else's, and are left as they are.
"""

from collections.abc import Mapping

from directory.admin_session import AdminSession
from directory.connection import AdminConnection
from directory.realm.comparing import Difference
from directory.realm.files import MASTER, MASTER_FILES, REALM_FILES, RealmFileInvalid, read
from directory.realm.planning import Plan, apply, plan

__all__ = [
    "MASTER",
    "MASTER_FILES",
    "REALM_FILES",
    "Difference",
    "Plan",
    "RealmFileInvalid",
    "apply",
    "create",
    "delete",
    "plan",
]


def create(admin: AdminConnection, name: str, environment: Mapping[str, str]) -> None:
    """Makes the realm of our file under this name; refused (DirectoryRefused) where there is one already."""
    named = {**environment, "CQRS_REALM": name}
    AdminSession(admin, name).create_realm(read(REALM_FILES, named))
    # Keycloak gives a new realm's clients more scopes than our file names.
    apply(plan(admin, REALM_FILES, named))


def delete(admin: AdminConnection, name: str) -> None:
    """Removes the realm and everybody in it, for good; nothing happens where there is none."""
    AdminSession(admin, name).delete_if_there()
