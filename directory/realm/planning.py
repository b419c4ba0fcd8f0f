"""Plans what to change on a running Keycloak, and changes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from directory.admin_session import AdminSession
from directory.connection import AdminConnection
from directory.realm.client_roles import ClientRoles, ScopeMappings
from directory.realm.client_scopes import KEY as CLIENT_SCOPES
from directory.realm.client_scopes import ClientScopes
from directory.realm.clients import Clients
from directory.realm.comparing import Difference, absent
from directory.realm.default_scopes import DefaultScopes
from directory.realm.files import Representation, read
from directory.realm.flows import Flows
from directory.realm.groups import Groups
from directory.realm.localisation import Localisation
from directory.realm.part import Part
from directory.realm.realm_roles import RealmRoles
from directory.realm.required_actions import RequiredActions
from directory.realm.service_accounts import ServiceAccounts
from directory.realm.settings import Settings
from directory.realm.user_profile import UserProfile

# In this order, because each stands on those before it: settings name a flow, roles are of a client.
PARTS: tuple[Part, ...] = (
    Flows(),
    Settings(),
    Localisation(),
    RequiredActions(),
    UserProfile(),
    ClientScopes(),
    Clients(),
    DefaultScopes(),
    RealmRoles(),
    ClientRoles(),
    ScopeMappings(),
    Groups(),
    ServiceAccounts(),
)


@dataclass(frozen=True)
class Plan:
    """What differs on the server from the realm file; `wanted` holds secrets and is not shown."""

    session: AdminSession
    wanted: Representation
    differences: tuple[Difference, ...]

    def __repr__(self) -> str:
        return f"Plan({self.wanted['realm']!r}, {len(self.differences)} differences)"


def plan(admin: AdminConnection, files: Iterable[Path], environment: Mapping[str, str]) -> Plan:
    """Compares the realm on the server with the files; changes nothing.

    Raises RealmFileInvalid, DirectoryUnavailable, DirectoryRefused.
    """
    wanted = read(files, environment)
    session = AdminSession(admin, wanted["realm"])
    if session.get_or_none() is None:
        return Plan(session, wanted, (absent("realm", wanted["realm"]),))
    found = [difference for part in PARTS for difference in part.differences(session, wanted)]
    return Plan(session, wanted, tuple(found))


def apply(plan: Plan) -> None:
    """Puts right what the plan found, and whatever changed since; can be stopped and repeated at any point.

    Raises DirectoryUnavailable, DirectoryRefused.
    """
    if plan.session.get_or_none() is None:
        make(plan.session, plan.wanted)
    for part in PARTS:
        if part.differences(plan.session, plan.wanted):
            part.correct(plan.session, plan.wanted)


def make(session: AdminSession, wanted: Representation) -> None:
    """Makes the realm without our client scopes, as Keycloak does at its first start: they are added then.

    With them in it Keycloak would make none of its own, and no token would say whose it is.
    """
    session.create_realm({key: value for key, value in wanted.items() if key != CLIENT_SCOPES})
