"""The words that everything here shares: organisations, people, and the roles people hold at organisations.

Plain enums and frozen dataclasses, no I/O. An organisation's place in the tree is its `path`: the ODS codes
from the top of the tree down to itself. The empty path is the whole of England, where the Service Desk's role
is held, so "over" is the same question for everybody: is the holding's path the beginning of the other path?
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class OrganisationType(StrEnum):
    """What an organisation is, from the region at the top of the tree to the branch at the bottom."""

    REGION = "region"
    ICB = "icb"
    SUB_ICB = "sub-icb"
    PROVIDER = "provider"
    BRANCH = "branch"


COMMISSIONING_TYPES = frozenset({OrganisationType.ICB, OrganisationType.SUB_ICB})
PROVIDER_TYPES = frozenset({OrganisationType.PROVIDER, OrganisationType.BRANCH})


UNLISTED = "UNLISTED"
"""The place, straight below the top of the tree, of parents that no list names: known by their code only."""


class OrganisationStatus(StrEnum):
    """Whether an organisation works today, as the ODS says: A, C, D and P in the classic files."""

    OPEN = "open"
    CLOSED = "closed"
    DORMANT = "dormant"
    PROPOSED = "proposed"


class ApprovalLevel(StrEnum):
    """Who lets people in at a provider: the commissioner (single), or its own approver (multi)."""

    SINGLE = "single"
    MULTI = "multi"


class Role(StrEnum):
    """The roles, each the name of a client role of the client `cqrs` and of the subgroup that carries it."""

    COMMISSIONER_USER = "commissioner-user"
    COMMISSIONER_APPROVER = "commissioner-approver"
    COMMISSIONER_FINANCE = "commissioner-finance"
    ORGANISATION_ADMINISTRATOR = "organisation-administrator"
    USER_ADMINISTRATOR = "user-administrator"
    ADVANCED_USER_ADMINISTRATOR = "advanced-user-administrator"
    PROVIDER_APPROVER = "provider-approver"
    PROVIDER_USER = "provider-user"
    PROVIDER_FINANCE = "provider-finance"
    SERVICE_DESK = "service-desk"

    @property
    def label(self) -> str:
        """The role as people read it, such as "Provider Approver"."""
        return self.value.replace("-", " ").title()


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as Keycloak holds it.

    `code` is its ODS code, its identity for life. `path` runs from the top of the tree to `code` itself.
    `id` is its Keycloak group's id; empty for one not yet made. `town` tells it from others of its name.
    `successor` is the ODS code of the one that took over from it, where the data names one.
    """

    code: str
    name: str
    type: OrganisationType
    path: tuple[str, ...]
    postcode: str = ""
    status: OrganisationStatus = OrganisationStatus.OPEN
    approval_level: ApprovalLevel = ApprovalLevel.SINGLE
    id: str = ""
    town: str = ""
    successor: str = ""

    @property
    def parent(self) -> str | None:
        """The ODS code directly above, or None at the top of the tree."""
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def is_open(self) -> bool:
        return self.status is OrganisationStatus.OPEN

    @property
    def is_provider(self) -> bool:
        return self.type in PROVIDER_TYPES

    @property
    def is_commissioner(self) -> bool:
        return self.type in COMMISSIONING_TYPES


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held at the organisation at `path`; the empty path is everywhere.

    `only`: the ODS codes that the person's clusters at that organisation list, None for somebody who is
    restricted to none (see `portal.rules.scope`). It is no part of what is held: two holdings that differ in
    it alone are equal.
    """

    role: Role
    path: tuple[str, ...]
    only: frozenset[str] | None = field(default=None, compare=False)

    @property
    def organisation(self) -> str:
        """The ODS code it is held at, or the empty string for everywhere."""
        return self.path[-1] if self.path else ""

    def stands_over(self, path: tuple[str, ...]) -> bool:
        """Whether `path` is this holding's organisation or below it."""
        return path[: len(self.path)] == self.path


@dataclass(frozen=True, slots=True)
class Cluster:
    """Service providers of one commissioner under one name, to which people can be restricted.

    `commissioner` and `organisations` are ODS codes; whether those stand below the commissioner today, a
    cluster does not say. `short_name` is given by the system, once. `id` is its Keycloak group's.
    """

    commissioner: str
    short_name: str
    name: str
    description: str
    organisations: frozenset[str]
    id: str = ""

    @property
    def number(self) -> int:
        """Its place in the order in which the commissioner's clusters were made; 0 for one named by hand."""
        tail = self.short_name.rpartition("-")[2]
        return int(tail) if tail.isascii() and tail.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Restriction:
    """A person's roles at the commissioner reach no further than `organisations`, and what is below those.

    Of several the organisations are added up. One is of a cluster, whose id and short name it has; one
    without is the mark that somebody is restricted at all, which lists nothing and outlives every cluster.
    """

    commissioner: str
    cluster_id: str = ""
    organisations: frozenset[str] = frozenset()
    short_name: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person's account. `id` is Keycloak's; `email` is the user name, in lower case.

    `access` is what tokens say of their roles (see `portal.rules.token_claim`); empty for nothing.
    `payment_types` are as Keycloak keeps them, in order: an ODS code and a payment type, a colon between.
    """

    id: str
    email: str
    first_name: str
    last_name: str
    enabled: bool = True
    wants_email: bool = True
    created_at: datetime | None = None
    access: str = field(default="", compare=False)
    payment_types: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def display_name(self) -> str:
        """Their name, or the e-mail address of an account without one."""
        return self.name or self.email


class FactorKind(StrEnum):
    """What somebody can have beside their password. The value is Keycloak's type of credential."""

    AUTHENTICATOR_APP = "otp"
    PASSKEY = "webauthn-passwordless"
    SECURITY_KEY = "webauthn"

    @property
    def label(self) -> str:
        """The kind as people read it, such as "Authenticator app"."""
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Something that a person signs in with beside, or instead of, their password. `id` is Keycloak's."""

    id: str
    kind: FactorKind
    label: str = field(default="", compare=False)
    """What the person called it."""
    added_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class KeycloakSession:
    """A sign-in that goes on: from which network address, since when, and when Keycloak last saw it used."""

    id: str
    address: str
    since: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A person with everything that decides what they may do at this moment, and whether they are locked.

    `locked`: Keycloak takes no sign-in for a while, after wrong passwords. Whoever knows an address can cause
    that, so it closes sign-in and decides nothing else. `holdings` know what `restrictions` leave of each, so
    that nobody who has a standing can forget to look.
    """

    person: Person
    holdings: frozenset[Holding] = field(default_factory=frozenset)
    locked: bool = False
    restrictions: frozenset[Restriction] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        restricted = frozenset(_restricted(held, self.restrictions) for held in self.holdings)
        object.__setattr__(self, "holdings", restricted)

    @property
    def is_active(self) -> bool:
        """Not disabled: only the active have any powers."""
        return self.person.enabled

    def holds(self, holding: Holding) -> bool:
        return self.is_active and holding in self.holdings


def _restricted(held: Holding, restrictions: frozenset[Restriction]) -> Holding:
    """The holding with what the restrictions at its organisation list between them."""
    here = [one.organisations for one in restrictions if one.commissioner == held.organisation]
    return replace(held, only=frozenset[str]().union(*here)) if here else held
