"""Plans what to change on a running Keycloak, and changes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from directory.connection import AdminConnection
from directory.realm.client_roles import ClientRoles, ScopeMappings
from directory.realm.clients import Clients
from directory.realm.comparing import Difference, absent
from directory.realm.files import Representation, read
from directory.realm.groups import Groups
from directory.realm.localisation import Localisation
from directory.realm.part import Part
from directory.realm.required_actions import RequiredActions
from directory.realm.server import RealmServer
from directory.realm.service_accounts import ServiceAccounts
from directory.realm.settings import Settings
from directory.realm.user_profile import UserProfile

# In this order, because each stands on those before it: roles on their client, groups on the roles.
PARTS: tuple[Part, ...] = (
    Settings(),
    Localisation(),
    RequiredActions(),
    UserProfile(),
    Clients(),
    ClientRoles(),
    ScopeMappings(),
    Groups(),
    ServiceAccounts(),
)


@dataclass(frozen=True)
class Plan:
    """What differs on the server from the realm file; `wanted` holds secrets and is not shown."""

    server: RealmServer
    wanted: Representation
    differences: tuple[Difference, ...]

    def __repr__(self) -> str:
        return f"Plan({self.server.name!r}, {len(self.differences)} differences)"


def plan(admin: AdminConnection, files: Iterable[Path], environment: Mapping[str, str]) -> Plan:
    """Compares the realm on the server with the files; changes nothing.

    Raises RealmFileInvalid, DirectoryUnavailable, DirectoryRefused.
    """
    wanted = read(files, environment)
    server = RealmServer(admin, wanted["realm"])
    if server.find() is None:
        return Plan(server, wanted, (absent("realm", server.name),))
    found = [difference for part in PARTS for difference in part.differences(server, wanted)]
    return Plan(server, wanted, tuple(found))


def apply(plan: Plan) -> None:
    """Puts right what the plan found, and whatever changed since; can be stopped and repeated at any point.

    Raises DirectoryUnavailable, DirectoryRefused.
    """
    if plan.server.find() is None:
        plan.server.create(plan.wanted)
    for part in PARTS:
        if part.differences(plan.server, plan.wanted):
            part.put_right(plan.server, plan.wanted)
