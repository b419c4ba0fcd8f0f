"""Reads people, roles and organisations from Keycloak, as the service account `cqrs-reader`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from directory import clusters, events, groups, payment_types, translate
from directory.admin_session import AdminSession
from directory.concurrently import concurrently
from directory.connection import Connection
from directory.contract import AccountEvent, Change
from directory.errors import OrganisationNotFound, PersonNotFound
from directory.paging import Row, in_pages, in_parallel
from directory.sync_runs import SyncRun, read_runs
from directory.vocabulary import (
    Cluster,
    FactorKind,
    Holding,
    KeycloakSession,
    Organisation,
    Person,
    Restriction,
    Role,
    SecondFactor,
    Standing,
)

# One answer with all groups of a role at national size takes Keycloak seconds; an act never waits for such.
BULK_TIMEOUT = 120.0


class KeycloakReader:
    """The Reader of directory.contract on a real Keycloak. One serves all threads of a process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._session = AdminSession(connection, connection.realm)

    @cached_property
    def _bulk(self) -> AdminSession:
        patient = replace(self._connection, timeout=max(self._connection.timeout, BULK_TIMEOUT))
        return AdminSession(patient, patient.realm)

    def organisation(self, code: str, group_id: str = "") -> Organisation:
        if group_id:
            try:
                found = self.organisation_by_id(group_id)
            except OrganisationNotFound:
                return groups.by_code(self._session, code)
            if found.code == code:
                return found
        return groups.by_code(self._session, code)

    def organisation_by_id(self, group_id: str) -> Organisation:
        found = translate.organisation(groups.by_id(self._session, group_id))
        if found is None:
            raise OrganisationNotFound(group_id)
        return found

    def organisations(self) -> Iterator[Organisation]:
        return groups.all_organisations(self._bulk)

    def person(self, person_id: str) -> Person:
        user: Row = self._session.get("users", person_id, missing=PersonNotFound)
        if translate.is_service_account(user):
            raise PersonNotFound(person_id)
        return translate.person(user)

    def person_by_email(self, email: str) -> Person | None:
        return person_by_email(self._session, email)

    def people(self) -> Iterator[Person]:
        # Keycloak leaves the service accounts out of its lists.
        for user in in_pages(self._page_of_people, size=500):
            yield translate.person(user)

    def standing(self, person_id: str) -> Standing:
        (person, locked), (held, restrictions) = concurrently(
            lambda: self._person_and_lock(person_id), lambda: self._holdings(person_id)
        )
        return Standing(person, held, locked, restrictions)

    def _person_and_lock(self, person_id: str) -> tuple[Person, bool]:
        """Both in the one answer that the console makes its list of users of: a call less to wait for."""
        found = self._session.get(
            "ui-ext", "brute-force-user", search=f"id:{person_id}", briefRepresentation="false"
        )
        user = next((user for user in found if user["id"] == person_id), None)
        if user is None or translate.is_service_account(user):
            raise PersonNotFound(person_id)
        return translate.person(user), bool(user["bruteForceStatus"]["disabled"])

    def _holdings(self, person_id: str) -> tuple[frozenset[Holding], frozenset[Restriction]]:
        joined = clusters.joined(self._session, person_id)
        held = frozenset(what for group in joined if (what := translate.holding(group["path"])))
        return held, clusters.of_groups(self._session, joined)

    def all_holdings(self) -> Iterator[tuple[str, Holding]]:
        bulk = self._bulk
        role_groups = groups.role_groups(bulk)
        answers = in_parallel(lambda each: groups.members(bulk, each[0], brief=True), role_groups)
        for (_, held), people in answers:
            yield from ((user["id"], held) for user in people)

    def holders(self, organisation: Organisation, role: Role) -> list[Standing]:
        restricted, group = concurrently(
            lambda: self.restricted(organisation.code) if organisation.is_commissioner else {},
            lambda: groups.role_group(self._session, self._id_of(organisation), role),
        )
        return self._members(group, restricted) if group else []

    def service_desk(self) -> list[Standing]:
        return self._members(self._session.get("group-by-path", translate.ROOT, Role.SERVICE_DESK.value), {})

    def role_group(self, organisation_id: str, role: Role) -> str:
        group = groups.role_group(self._session, organisation_id, role)
        return str(group["id"]) if group and groups.is_mapped(group, role) else ""

    def cluster(self, cluster_id: str) -> Cluster:
        return clusters.by_id(self._session, cluster_id)

    def clusters(self, commissioner: str) -> list[Cluster]:
        return clusters.of_commissioner(self._session, commissioner)

    def all_clusters(self) -> Iterator[Cluster]:
        return clusters.all_clusters(self._bulk)

    def restricted(self, commissioner: str) -> dict[str, frozenset[Restriction]]:
        return clusters.restricted(self._session, commissioner)

    def all_restrictions(self) -> Iterator[tuple[str, Restriction]]:
        return clusters.all_restrictions(self._bulk)

    def has_credential(self, person_id: str) -> bool:
        return bool(self._session.get("users", person_id, "credentials", missing=PersonNotFound))

    def second_factors(self, person_id: str) -> tuple[SecondFactor, ...]:
        return second_factors(self._session, person_id)

    def sessions(self, person_id: str) -> tuple[KeycloakSession, ...]:
        return sessions(self._session, person_id)

    def payment_types(self, person_id: str) -> dict[str, frozenset[str]]:
        return payment_types.of(self._session.get("users", person_id, missing=PersonNotFound))

    def account_events(self, since: datetime) -> list[AccountEvent]:
        return events.account_events(self._session, since)

    def account_name(self, account_id: str) -> str:
        try:
            user: Row = self._session.get("users", account_id, missing=PersonNotFound)
        except PersonNotFound:
            return ""
        if translate.is_service_account(user):
            return str(user["username"]).removeprefix(translate.SERVICE_ACCOUNT)
        return translate.person(user).name or str(user["username"])

    def changes(self, since: datetime) -> list[Change]:
        return events.changes(self._session, since)

    def sync_runs(self) -> list[SyncRun]:
        return read_runs(self._session)

    def _id_of(self, organisation: Organisation) -> str:
        return organisation.id or self.organisation(organisation.code).id

    def _members(self, group: Row, restricted: Mapping[str, frozenset[Restriction]]) -> list[Standing]:
        held = translate.holding(group["path"])
        people = [translate.person(user) for user in groups.members(self._session, group["id"])]
        only = frozenset({held} if held else ())
        nothing = frozenset[Restriction]()
        return [Standing(p, only, restrictions=restricted.get(p.id, nothing)) for p in people]

    def _page_of_people(self, first: int, size: int) -> list[Row]:
        users: list[Row] = self._bulk.get("users", first=first, max=size, briefRepresentation="false")
        return users


def second_factors(session: AdminSession, person_id: str) -> tuple[SecondFactor, ...]:
    """What the person has beside a password. Raises PersonNotFound."""
    kept = session.get("users", person_id, "credentials", missing=PersonNotFound)
    kinds = {kind.value: kind for kind in FactorKind}
    return tuple(_factor(one, kinds[one["type"]]) for one in kept if one["type"] in kinds)


def _factor(credential: Row, kind: FactorKind) -> SecondFactor:
    added = credential.get("createdDate")
    label = str(credential.get("userLabel") or "")
    return SecondFactor(credential["id"], kind, label, translate.moment(added) if added else None)


def sessions(session: AdminSession, person_id: str) -> tuple[KeycloakSession, ...]:
    """Where the person is signed in. Raises PersonNotFound."""
    found = session.get("users", person_id, "sessions", missing=PersonNotFound)
    return tuple(
        KeycloakSession(
            str(one["id"]),
            str(one.get("ipAddress") or ""),
            translate.moment(one["start"]),
            translate.moment(one["lastAccess"]),
        )
        for one in found
    )


def person_by_email(session: AdminSession, email: str) -> Person | None:
    """The account with this user name, or else with this e-mail; the case does not matter."""
    wanted = email.strip().lower()
    if "@" not in wanted:
        return None  # no person's user name: it may be a service account's
    for field in ("username", "email"):
        query: dict[str, Any] = {field: wanted, "exact": "true", "briefRepresentation": "false"}
        for user in session.get("users", **query):
            if str(user.get(field, "")).lower() == wanted:
                return translate.person(user)
    return None
