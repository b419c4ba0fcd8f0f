"""What each service account may do in Keycloak: as little as its job needs."""

from directory.realm.comparing import Difference
from directory.realm.files import Representation
from directory.realm.role_mappings import present_roles, put_roles_right, role_differences, wanted_roles
from directory.realm.server import RealmServer


class ServiceAccounts:
    """The roles of the service accounts that our file names: exactly those."""

    def differences(self, server: RealmServer, wanted: Representation) -> list[Difference]:
        found: list[Difference] = []
        for account in wanted.get("users", []):
            path = _path(server, account)
            present = present_roles(server, path) if path else set()
            subject = account["serviceAccountClientId"]
            found += role_differences("service account role", subject, wanted_roles(account), present)
        return found

    def put_right(self, server: RealmServer, wanted: Representation) -> None:
        for account in wanted.get("users", []):
            path = _path(server, account)
            # Keycloak makes the account with its client, which is put right before.
            if path:
                put_roles_right(server, path, wanted_roles(account))


def _path(server: RealmServer, account: Representation) -> str:
    found = server.get("/users", username=account["username"], exact="true")
    return f"/users/{found[0]['id']}" if found else ""
