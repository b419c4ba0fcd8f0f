"""The realm as code: what differs on a running Keycloak from the realm file, and putting it right.

Only what the file names is compared and changed. Clients, roles, groups, attributes and settings that it does
not name are somebody else's, and are left as they are.
"""

from directory.realm.comparing import Difference
from directory.realm.files import MASTER, MASTER_FILES, REALM_FILES, RealmFileInvalid
from directory.realm.planning import Plan, apply, plan

__all__ = [
    "MASTER",
    "MASTER_FILES",
    "REALM_FILES",
    "Difference",
    "Plan",
    "RealmFileInvalid",
    "apply",
    "plan",
]
