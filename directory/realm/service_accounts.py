"""What each service account may do in Keycloak: as little as its job needs."""

from directory.admin_paths import AdminPath
from directory.admin_session import AdminSession
from directory.realm.comparing import Difference
from directory.realm.files import Representation
from directory.realm.role_mappings import correct_roles, present_roles, role_differences, wanted_roles


class ServiceAccounts:
    """The roles of the service accounts that our file names: exactly those."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        found: list[Difference] = []
        for account in wanted.get("users", []):
            path = _path(session, account)
            present = present_roles(session, path) if path else set()
            subject = account["serviceAccountClientId"]
            found += role_differences("service account role", subject, wanted_roles(account), present)
        return found

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        for account in wanted.get("users", []):
            path = _path(session, account)
            # Keycloak makes the account with its client, which is put right before.
            if path:
                correct_roles(session, path, wanted_roles(account))


def _path(session: AdminSession, account: Representation) -> AdminPath | None:
    found = session.get("users", username=account["username"], exact="true")
    return ("users", found[0]["id"]) if found else None
