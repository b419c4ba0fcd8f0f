"""Changes people, their roles and approval levels in Keycloak, as the service account `cqrs-writer`."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from directory import cluster_changes, events, groups, organisation_facts, payment_types, translate
from directory.admin_session import AdminSession
from directory.connection import Connection
from directory.errors import (
    AlreadyThere,
    DirectoryRefused,
    DirectoryUnavailable,
    NotThere,
    OrganisationNotFound,
    PersonNotFound,
)
from directory.paging import Row
from directory.reader import person_by_email, second_factors, sessions
from directory.vocabulary import ApprovalLevel, Cluster, Organisation, Person, Role

PORTAL_CLIENT = "cqrs-portal"
WELCOME_ACTIONS = ("VERIFY_EMAIL", "UPDATE_PASSWORD")
FORGOTTEN_ACTIONS = ("UPDATE_PASSWORD",)
INVITATION = "invitation"
"""The attribute that says which invitation made an account; people themselves neither see nor change it."""
# Keycloak's clock may run behind ours by so much: a link it mailed just before `since` still counts.
CLOCK_DIFFERENCE = timedelta(seconds=5)


class KeycloakWriter:
    """The Writer of directory.contract on a real Keycloak. One serves all threads of a process.

    `return_url` is where the mailed link leads in the end, one of the portal client's redirect addresses;
    `welcome_lifespan` is how long the link works.
    """

    def __init__(
        self, connection: Connection, return_url: str, welcome_lifespan: timedelta = timedelta(days=3)
    ) -> None:
        self._session = AdminSession(connection, connection.realm)
        self._come_back_to = return_url
        self._welcome_lifespan = welcome_lifespan

    def ensure_person(self, email: str, first_name: str, last_name: str, invitation: str = "") -> Person:
        if known := person_by_email(self._session, email):
            return known
        try:
            body = _new_user(email, first_name, last_name, invitation)
            created = self._session.create("users", body=body)
        except AlreadyThere:
            return self._created_meanwhile(email)
        return translate.person(self._session.get("users", created))

    def remove_unused(self, person_id: str, invitations: Collection[str]) -> bool:
        try:
            if not self._is_unused(person_id, invitations):
                return False
            self._session.delete("users", person_id, missing=PersonNotFound)
        except PersonNotFound:
            pass
        return True

    def _is_unused(self, person_id: str, invitations: Collection[str]) -> bool:
        """Raises PersonNotFound."""
        user: Row = self._session.get("users", person_id, missing=PersonNotFound)
        made_for = (user.get("attributes") or {}).get(INVITATION, [])
        if not user.get("enabled") or not set(made_for) & set(invitations):
            return False
        used = ("credentials", "groups", "sessions", "federated-identity")
        if any(self._session.get("users", person_id, what, missing=PersonNotFound) for what in used):
            return False
        return not events.has_signed_in(self._session, person_id)

    def grant(self, person_id: str, organisation: Organisation, role: Role, role_group: str = "") -> None:
        if role is Role.SERVICE_DESK:
            raise DirectoryRefused("the Service Desk's role is held everywhere, not at an organisation")
        if role_group and self._joined(person_id, role_group):
            return
        group = self._ensure_role_group(self._id_of(organisation), role)
        self._ensure_mapping(group, role)
        self._join(person_id, group["id"])

    def _joined(self, person_id: str, group_id: str) -> bool:
        """Whether the person is in the group now; not when either is gone, and Keycloak doesn't say which."""
        try:
            self._join(person_id, group_id)
        except PersonNotFound:
            return False
        return True

    def _join(self, person_id: str, group_id: str) -> None:
        """Twice is as good as once, but Keycloak refuses the second of two at the same moment."""
        with suppress(AlreadyThere):
            self._session.put("users", person_id, "groups", group_id, missing=PersonNotFound)

    def remove(self, person_id: str, organisation: Organisation, role: Role) -> None:
        group = groups.role_group(self._session, self._id_of(organisation), role)
        if group is None:
            self._session.get("users", person_id, missing=PersonNotFound)
            return
        self._session.delete("users", person_id, "groups", group["id"], missing=PersonNotFound)

    def send_welcome(self, person_id: str, since: datetime, *, forgotten: bool = False) -> bool:
        if events.welcome_sent(self._session, person_id, since - CLOCK_DIFFERENCE):
            return False
        self._session.put(
            "users",
            person_id,
            "execute-actions-email",
            body=list(FORGOTTEN_ACTIONS if forgotten else WELCOME_ACTIONS),
            missing=PersonNotFound,
            client_id=PORTAL_CLIENT,
            redirect_uri=self._come_back_to,
            lifespan=int(self._welcome_lifespan.total_seconds()),
        )
        return True

    def unlock(self, person_id: str) -> None:
        # Keycloak answers the same for an account that there isn't.
        self._session.get("users", person_id, missing=PersonNotFound)
        self._session.delete("attack-detection", "brute-force", "users", person_id)

    def remove_second_factors(self, person_id: str, ids: Collection[str]) -> None:
        for factor in second_factors(self._session, person_id):
            if factor.id in ids:
                with suppress(NotThere):  # somebody else was quicker
                    self._session.delete("users", person_id, "credentials", factor.id)

    def sign_out_of(self, person_id: str, ids: Collection[str]) -> None:
        for one in sessions(self._session, person_id):
            if one.id in ids:
                self._session.delete_if_there("sessions", one.id)

    def set_names(self, person_id: str, first_name: str, last_name: str) -> Person:
        user = self._session.get("users", person_id, missing=PersonNotFound)
        names = {"firstName": first_name, "lastName": last_name}
        if names != {name: user.get(name) for name in names}:
            body = {**_profile(user), **names, "attributes": user.get("attributes") or {}}
            self._session.put("users", person_id, body=body, missing=PersonNotFound)
        return translate.person({**user, **names})

    def set_enabled(self, person_id: str, enabled: bool) -> Person:
        user = self._session.get("users", person_id, missing=PersonNotFound)
        if user["enabled"] is not enabled:
            body = {**_profile(user), "enabled": enabled}
            self._session.put("users", person_id, body=body, missing=PersonNotFound)
        return translate.person({**user, "enabled": enabled})

    def end_sessions(self, person_id: str) -> None:
        # Disabling alone leaves them: what was signed in before goes on until it expires.
        self._session.post("users", person_id, "logout", body={}, missing=PersonNotFound)

    def set_wants_email(self, person_id: str, wants: bool) -> Person:
        return self._set_attribute(person_id, "email_notifications", str(wants).lower())

    def set_access(self, person_id: str, access: str) -> Person:
        return self._set_attribute(person_id, translate.ACCESS, access)

    def _set_attribute(self, person_id: str, name: str, value: str) -> Person:
        """An attribute with the empty value is taken away; the others stay."""
        user = self._session.get("users", person_id, missing=PersonNotFound)
        attributes = {**(user.get("attributes") or {}), name: [value]}
        if not value:
            del attributes[name]
        self._put_attributes(user, attributes)
        return translate.person({**user, "attributes": attributes})

    def set_payment_types(self, person_id: str, organisation: str, types: Collection[str]) -> None:
        user = self._session.get("users", person_id, missing=PersonNotFound)
        self._put_attributes(user, payment_types.with_those_at(user, organisation, types))

    def _put_attributes(self, user: Row, attributes: dict[str, Any]) -> None:
        if attributes != (user.get("attributes") or {}):
            body = {**_profile(user), "attributes": attributes}
            self._session.put("users", user["id"], body=body, missing=PersonNotFound)

    def set_approval_level(self, organisation: Organisation, level: ApprovalLevel) -> Organisation:
        facts = {"approval_level": [level.value]}
        return organisation_facts.write(self._session, self._id_of(organisation), facts)

    def create_cluster(
        self, commissioner: str, key: str, name: str, description: str, organisations: Collection[str]
    ) -> Cluster:
        return cluster_changes.create(self._session, commissioner, key, name, description, organisations)

    def change_cluster(
        self,
        cluster_id: str,
        name: str,
        description: str,
        add: Collection[str] = (),
        remove: Collection[str] = (),
    ) -> Cluster:
        return cluster_changes.change(self._session, cluster_id, name, description, add, remove)

    def delete_cluster(self, cluster_id: str, lift: Collection[str] = ()) -> None:
        cluster_changes.delete(self._session, cluster_id, lift)

    def restrict(self, person_id: str, commissioner: str, cluster_ids: Collection[str]) -> None:
        cluster_changes.restrict(self._session, person_id, commissioner, cluster_ids)

    def mark_restricted(self, person_id: str, commissioner: str) -> None:
        cluster_changes.mark(self._session, person_id, commissioner)

    def lift_restriction(self, person_id: str, commissioner: str) -> None:
        cluster_changes.lift(self._session, person_id, commissioner)

    def _created_meanwhile(self, email: str) -> Person:
        if known := person_by_email(self._session, email):
            return known
        raise DirectoryUnavailable("another account takes this e-mail at this moment")

    def _id_of(self, organisation: Organisation) -> str:
        return organisation.id or groups.by_code(self._session, organisation.code).id

    def _ensure_role_group(self, organisation_id: str, role: Role) -> Row:
        if found := groups.role_group(self._session, organisation_id, role):
            return found
        try:
            created = self._session.create(
                "groups", organisation_id, "children", body={"name": role.value}, missing=OrganisationNotFound
            )
        except AlreadyThere:
            return self._role_group_created_meanwhile(organisation_id, role)
        return {"id": created}

    def _role_group_created_meanwhile(self, organisation_id: str, role: Role) -> Row:
        if found := groups.role_group(self._session, organisation_id, role):
            return found
        raise DirectoryUnavailable("the role's group is being made by another at this moment")

    def _ensure_mapping(self, group: Row, role: Role) -> None:
        """Maps the client role to the group when it is not."""
        if groups.is_mapped(group, role):
            return
        if offered := self._unmapped(group["id"], role):
            body = [{"id": offered["id"], "name": role.value}]
            path = ("groups", group["id"], "role-mappings", "clients", offered["clientId"])
            try:
                self._session.post(*path, body=body)
            except DirectoryRefused as refusal:
                self._check_mapped_meanwhile(group["id"], role, refusal)

    def _check_mapped_meanwhile(self, group_id: str, role: Role, refusal: DirectoryRefused) -> None:
        """Keycloak refuses, in no clearer words, the second of two who map one role at the same moment."""
        if self._unmapped(group_id, role):
            raise DirectoryUnavailable(f"the role is not mapped to its group: {refusal}") from refusal

    def _unmapped(self, group_id: str, role: Role) -> dict[str, Any] | None:
        """Our client's role, if it is not yet mapped to the group.

        This is the console's own question. It is asked because it needs no right to see clients: that right
        would show this service account the secrets of all of them.
        """
        offers = self._session.get(
            "ui-ext", "available-roles", "groups", group_id, first=0, max=100, search=role.value
        )
        ours = (o for o in offers if o["client"] == groups.CLIENT and o["role"] == role.value)
        return next(ours, None)


def _new_user(email: str, first_name: str, last_name: str, invitation: str) -> dict[str, Any]:
    address = email.strip().lower()
    mark = {"attributes": {INVITATION: [invitation]}} if invitation else {}
    return {
        "username": address,
        "email": address,
        "firstName": first_name,
        "lastName": last_name,
        "enabled": True,
        **mark,
    }


def _profile(user: Row) -> Row:
    """What has to go along with attributes: names left out are taken away; without the e-mail it is refused.

    Not `enabled`: that would undo a disable made since we read it, and `true` lifts a lock. Left out, it
    stays, as do required actions and whether the address is confirmed.
    """
    return {name: user[name] for name in ("email", "firstName", "lastName") if name in user}
