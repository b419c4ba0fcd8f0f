"""What the gateway to Keycloak offers, as protocols: the real one and the tests' fake both keep to them.

Every call may raise `directory.errors.DirectoryUnavailable` (Keycloak down, slow or failing; nothing is known
of what happened) or `DirectoryRefused` (Keycloak understood and said no). Calls of `Writer` are idempotent:
made twice, they leave what once would have left, so that an outbox may repeat them after any crash.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from directory.sync_runs import SyncRun
from directory.vocabulary import (
    ApprovalLevel,
    Cluster,
    Holding,
    KeycloakSession,
    Organisation,
    Person,
    Restriction,
    Role,
    SecondFactor,
    Standing,
)


class ChangeKind(StrEnum):
    """What to read again after a change.

    PERSON: the person's account; when `person` then says not found, it was deleted.
    NEW_ORGANISATION: the organisation, or the cluster, whose group this is; what is below it has changes too.
    ORGANISATION: the same, changed or moved; what is below it moved along, came or left, and none tells so.
    MEMBERSHIP: the person's holdings and restrictions.
    EVERYTHING: a group was deleted or a subtree arrived whole: only a reconcile tells what was in it.
    """

    PERSON = "person"
    NEW_ORGANISATION = "new-organisation"
    ORGANISATION = "organisation"
    MEMBERSHIP = "membership"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Change:
    """Something in Keycloak changed: `subject` is the id of the person or the group to read again.

    A membership change's subject is the person; EVERYTHING's is of no use. `at` is Keycloak's clock, `id` the
    event's own. `by` is the id of the account that made it, of a person, a program or an administrator, empty
    for Keycloak itself; `origin` the network address that it came from.
    """

    kind: ChangeKind
    subject: str
    at: datetime
    id: str
    by: str = ""
    origin: str = ""


class AccountEventKind(StrEnum):
    """What happened to an account that its person should hear of, whoever it was."""

    ADDRESS_CHANGED = "address-changed"
    CREDENTIAL_SET = "credential-set"
    CREDENTIAL_REMOVED = "credential-removed"
    LOCKED = "locked"
    LOCKED_FOR_GOOD = "locked-for-good"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """Something that was done to an account on Keycloak's own pages, by its person or somebody else.

    `before` and `after` are the addresses of one that was changed, `credential` is Keycloak's type of what
    was set or removed. `at` is Keycloak's clock, `id` the event's own.
    """

    kind: AccountEventKind
    person_id: str
    at: datetime
    id: str
    before: str = ""
    after: str = ""
    credential: str = ""


class Reader(Protocol):
    """Reads Keycloak's present state, never a copy."""

    def organisation(self, code: str, group_id: str = "") -> Organisation:
        """The organisation of that ODS code; `group_id`, where known, saves a search and is checked.

        Raises OrganisationNotFound.
        """

    def organisation_by_id(self, group_id: str) -> Organisation:
        """The organisation whose group has this id. Raises OrganisationNotFound, for role subgroups too."""

    def organisations(self) -> Iterator[Organisation]:
        """Every organisation, parents before children."""

    def person(self, person_id: str) -> Person:
        """Raises PersonNotFound."""

    def person_by_email(self, email: str) -> Person | None:
        """The account with this user name or e-mail, whatever the case; None when there is none."""

    def people(self) -> Iterator[Person]:
        """Everybody with an account, service accounts left out."""

    def standing(self, person_id: str) -> Standing:
        """The person, every role held and where, whether locked, and to which clusters restricted.

        Raises PersonNotFound.
        """

    def all_holdings(self) -> Iterator[tuple[str, Holding]]:
        """Every holding of everybody, each with its person's id: read through the roles, not the people."""

    def holders(self, organisation: Organisation, role: Role) -> list[Standing]:
        """Who holds this role at exactly this organisation, the disabled included (see is_active).

        Only this one holding is filled in on each standing, with what restricts it, and not whether they are
        locked.
        """

    def service_desk(self) -> list[Standing]:
        """Who holds the Service Desk role, likewise."""

    def role_group(self, organisation_id: str, role: Role) -> str:
        """The id of the subgroup that carries the role at the organisation whose group has this id.

        Empty while there is none, or none with its client role. Raises OrganisationNotFound.
        """

    def cluster(self, cluster_id: str) -> Cluster:
        """Raises ClusterNotFound."""

    def clusters(self, commissioner: str) -> list[Cluster]:
        """The clusters of the commissioner of this ODS code, in the order in which they were made."""

    def all_clusters(self) -> Iterator[Cluster]:
        """Everybody's."""

    def restricted(self, commissioner: str) -> dict[str, frozenset[Restriction]]:
        """Who is restricted at this commissioner, by person's id, and how."""

    def all_restrictions(self) -> Iterator[tuple[str, Restriction]]:
        """Every restriction of everybody, each with its person's id."""

    def has_credential(self, person_id: str) -> bool:
        """Whether the person has ever set a password or passkey."""

    def second_factors(self, person_id: str) -> tuple[SecondFactor, ...]:
        """What the person has beside a password. Raises PersonNotFound."""

    def sessions(self, person_id: str) -> tuple[KeycloakSession, ...]:
        """Where the person is signed in. Raises PersonNotFound."""

    def payment_types(self, person_id: str) -> dict[str, frozenset[str]]:
        """The person's payment types at each organisation, by ODS code. Raises PersonNotFound."""

    def account_events(self, since: datetime) -> list[AccountEvent]:
        """What happened to accounts at or after `since` that their people should hear of, oldest first."""

    def account_name(self, account_id: str) -> str:
        """The name of the person, or the client id of the program, whose account this is.

        Empty for one that is not of this realm, such as an administrator's.
        """

    def changes(self, since: datetime) -> list[Change]:
        """What changed at or after `since`, oldest first, whoever changed it."""

    def sync_runs(self) -> list[SyncRun]:
        """What the runs of the sync say of themselves, the newest first; none where none ever ran."""


class Writer(Protocol):
    """Changes people and their roles. The acting person's rights are judged before, by the portal's rules."""

    def ensure_person(self, email: str, first_name: str, last_name: str, invitation: str = "") -> Person:
        """The account of this e-mail, made (enabled, with no credential) when there is none.

        One that is made for an invitation is marked with the `invitation`'s id.
        """

    def remove_unused(self, person_id: str, invitations: Collection[str]) -> bool:
        """Deletes an account that one of these invitations made and nobody ever used; whether it is gone.

        Used is what has a credential or a session, has signed in, holds a role or is in a group, or was
        disabled. Everybody else's account stays.
        """

    def grant(self, person_id: str, organisation: Organisation, role: Role, role_group: str = "") -> None:
        """Lets the person hold the role at the organisation, making its subgroup when first needed.

        `role_group`, as the reader has just given it, saves looking for the subgroup.
        """

    def remove(self, person_id: str, organisation: Organisation, role: Role) -> None:
        """Takes the role at the organisation from the person; nothing when not held."""

    def send_welcome(self, person_id: str, since: datetime, *, forgotten: bool = False) -> bool:
        """Has Keycloak mail the link to confirm the address and set a password, unless it has since `since`.

        For a password that was `forgotten` the link sets a new one and no more. Whether one was sent now.
        Raises PersonNotFound, and MailNotSent when Keycloak could not hand it to the mail server.
        """

    def unlock(self, person_id: str) -> None:
        """Ends a lock after wrong passwords, and forgets them; nothing when there is none.

        Raises PersonNotFound.
        """

    def remove_second_factors(self, person_id: str, ids: Collection[str]) -> None:
        """Takes those of these second factors that the person still has; never the password.

        Raises PersonNotFound.
        """

    def sign_out_of(self, person_id: str, ids: Collection[str]) -> None:
        """Ends those of these sessions that are the person's and go on still; the portal is told of each.

        Raises PersonNotFound.
        """

    def set_enabled(self, person_id: str, enabled: bool) -> Person:
        """The person, who can sign in from now on or can't; what they hold stays. Raises PersonNotFound."""

    def end_sessions(self, person_id: str) -> None:
        """Ends every sign-in of the person, and has the applications told; nothing when there is none.

        Raises PersonNotFound.
        """

    def set_names(self, person_id: str, first_name: str, last_name: str) -> Person:
        """The person with these names. Raises PersonNotFound; DirectoryRefused for ones it refuses."""

    def set_wants_email(self, person_id: str, wants: bool) -> Person:
        """The person, who from now on gets our e-mails or doesn't; Keycloak's about security always come.

        Raises PersonNotFound.
        """

    def set_access(self, person_id: str, access: str) -> Person:
        """The person, of whom tokens say this from now on, or nothing. Raises PersonNotFound."""

    def set_approval_level(self, organisation: Organisation, level: ApprovalLevel) -> Organisation:
        """The organisation with its new approval level."""

    def create_cluster(
        self, commissioner: str, key: str, name: str, description: str, organisations: Collection[str]
    ) -> Cluster:
        """A new cluster with the commissioner's next short name, which no cluster ever had before.

        `key` is the caller's own name for the making: made twice with one key, there is one cluster.
        """

    def change_cluster(
        self,
        cluster_id: str,
        name: str,
        description: str,
        add: Collection[str] = (),
        remove: Collection[str] = (),
    ) -> Cluster:
        """The cluster with this name and description, these organisations added and those taken off.

        What others add or take off meanwhile stays. Raises ClusterNotFound.
        """

    def delete_cluster(self, cluster_id: str, lift: Collection[str] = ()) -> None:
        """Deletes the cluster; nothing when it is gone.

        Its people stay restricted at the commissioner, to what their other clusters list or to nothing; but
        those of these ids who were in no other cluster there are restricted no more.
        """

    def restrict(self, person_id: str, commissioner: str, cluster_ids: Collection[str]) -> None:
        """Restricts the person at the commissioner to exactly these clusters of it; with none, to nothing.

        Raises PersonNotFound, and ClusterNotFound for one that is not the commissioner's.
        """

    def mark_restricted(self, person_id: str, commissioner: str) -> None:
        """Marks whoever is in a cluster of the commissioner as restricted there, whatever becomes of it.

        For somebody whom the console put there. Raises PersonNotFound.
        """

    def lift_restriction(self, person_id: str, commissioner: str) -> None:
        """The person is in no cluster of the commissioner, nor restricted there. Raises PersonNotFound."""

    def set_payment_types(self, person_id: str, organisation: str, types: Collection[str]) -> None:
        """The person has exactly these at the organisation of this ODS code. Raises PersonNotFound."""
