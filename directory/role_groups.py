"""Makes the subgroups that carry roles, many at once, each with its client role."""

from typing import Any

from directory import groups
from directory.admin_session import AdminSession
from directory.errors import AlreadyThere, DirectoryRefused, OrganisationNotFound
from directory.paging import in_parallel
from directory.translate import holding
from directory.vocabulary import Holding, Role


class RoleGroups:
    """The role subgroups of one realm, as an administrator who may also read clients."""

    def __init__(self, session: AdminSession) -> None:
        self._session = session

    def ensure(self, holdings: set[Holding]) -> None:
        """Makes those that are missing, the client role mapped to each. Raises OrganisationNotFound first."""
        client, roles = self._client_roles()
        complete = self._mapped(client, {held.role for held in holdings})
        missing = sorted(holdings - complete, key=lambda held: (held.path, held.role))
        if not missing:
            return
        ids = groups.ids_by_path(self._session)
        for held in missing:
            if held.path not in ids:
                raise OrganisationNotFound("/".join(held.path))
        for _ in in_parallel(lambda held: self._make(ids[held.path], client, roles[held.role]), missing):
            pass

    def _mapped(self, client_id: str, roles: set[Role]) -> set[Holding]:
        """What is held through groups that have their client role: one without it was left half made."""
        role_groups = (
            group
            for role in roles
            for group in self._session.get("clients", client_id, "roles", role.value, "groups", max=-1)
        )
        return {held for group in role_groups if (held := holding(group["path"]))}

    def _make(self, organisation_id: str, client_id: str, role: dict[str, Any]) -> None:
        body = {"name": role["name"]}
        try:
            group_id = self._session.create("groups", organisation_id, "children", body=body)
        except AlreadyThere:
            half_made = groups.role_group(self._session, organisation_id, Role(role["name"]))
            group_id = half_made["id"] if half_made else ""
        self._session.post("groups", group_id, "role-mappings", "clients", client_id, body=[role])

    def _client_roles(self) -> tuple[str, dict[Role, dict[str, Any]]]:
        """The id of the client that carries the roles, and each role as Keycloak wants it in a mapping."""
        clients = self._session.get("clients", clientId=groups.CLIENT)
        if not clients:
            raise DirectoryRefused(f"the realm has no client {groups.CLIENT}")
        client_id = str(clients[0]["id"])
        roles = self._session.get("clients", client_id, "roles", max=-1)
        named = {role["name"]: {"id": role["id"], "name": role["name"]} for role in roles}
        return client_id, {role: named[role.value] for role in Role if role.value in named}
