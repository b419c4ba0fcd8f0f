"""Why a person can see an organisation's affairs, and why they can't: what becomes of each role of theirs.

It asks `rules.use` and answers as that does; what it adds is the chain, link by link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from directory.vocabulary import Holding, Organisation, OrganisationStatus, Restriction, Role
from portal.rules.accounts import Account
from portal.rules.roles import COMMISSIONER_STAFF
from portal.rules.scope import commissioners_over
from portal.rules.use import EVERYWHERE, counts, uses


class Break(StrEnum):
    """The link at which a chain breaks. The value is the sentence that says so."""

    DISABLED = "The account is disabled, so none of its roles counts."
    PLACE_CLOSED = "The organisation that the role is held at has closed, so the role has no powers."
    CLOSED = "The organisation asked about has closed, so it has left every scope."
    ELSEWHERE = "The role is held at an organisation that does not stand over the one asked about."
    OUTSIDE_CLUSTERS = "The role is restricted to service provider clusters, and none of them lists it."


@dataclass(frozen=True, slots=True)
class Given:
    """Who gave a role, when, and how, in words; `by` is empty for somebody whom the audit can't name."""

    by: str
    at: datetime
    how: str = ""


@dataclass(frozen=True, slots=True)
class Through:
    """A cluster that the role is restricted to; `listed` is the ODS code by which it lets the role see.

    Empty when it doesn't: of several, one that does is enough.
    """

    short_name: str
    cluster_id: str
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """One role: the organisation it is held at, the clusters it is restricted to, and who gave it and when.

    `broken` is None for a chain that holds. `place` is None for what is held everywhere, and at an
    organisation that is gone. `restricted` with no clusters: to nothing. `given` is None when the audit has
    nothing of it, as for what was held before the portal came.
    """

    holding: Holding
    place: Organisation | None
    broken: Break | None
    restricted: bool = False
    clusters: tuple[Through, ...] = ()
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """The answer, and each chain that was looked at, those that hold first."""

    organisation: Organisation
    chains: tuple[Chain, ...]

    @property
    def sees(self) -> bool:
        """Whether at least one chain holds."""
        return any(chain.broken is None for chain in self.chains)


def why(
    account: Account,
    organisation: Organisation,
    given: Mapping[tuple[str, Role], Given] | None = None,
    role: Role | None = None,
) -> Why:
    """Why the person sees the organisation, or doesn't; through that role alone, if one is named.

    `given` says how each role came to the person, by ODS code and role.
    """
    held = [one for one in account.standing.holdings if role in {None, one.role}]
    chains = [
        _chain(account, one, organisation, (given or {}).get((one.organisation, one.role))) for one in held
    ]
    return Why(organisation, tuple(sorted(chains, key=_order)))


def _chain(account: Account, held: Holding, organisation: Organisation, given: Given | None) -> Chain:
    place = account.organisations.get(held.organisation)
    broken = None if uses(account, held, organisation) else _break(account, held, organisation)
    clusters = tuple(
        Through(one.short_name, one.cluster_id, _listed(one, held, organisation))
        for one in sorted(account.standing.restrictions, key=lambda one: one.short_name)
        if held.path and one.commissioner == held.organisation and one.cluster_id
    )
    return Chain(held, place, broken, held.only is not None, clusters, given)


def _break(account: Account, held: Holding, organisation: Organisation) -> Break:
    """Where the chain of a role breaks that gives no use there."""
    if not account.standing.is_active:
        return Break.DISABLED
    if not counts(account, held):
        return Break.PLACE_CLOSED
    if not stands_over(held, organisation):
        return Break.ELSEWHERE
    closed = organisation.status is OrganisationStatus.CLOSED
    return Break.CLOSED if closed else Break.OUTSIDE_CLUSTERS


def stands_over(held: Holding, organisation: Organisation) -> bool:
    """Clusters and closures apart: a commissioner's role over all below it, a provider's over that alone."""
    if held == EVERYWHERE:
        return True
    if held.role in COMMISSIONER_STAFF:
        return held.path in _above(organisation)
    return organisation.is_provider and organisation.path == held.path


def _above(organisation: Organisation) -> frozenset[tuple[str, ...]]:
    """The places over it, were it open: a closed one has left every scope."""
    opened = Organisation(organisation.code, organisation.name, organisation.type, organisation.path)
    return frozenset(commissioners_over(opened))


def _listed(restriction: Restriction, held: Holding, organisation: Organisation) -> str:
    """The nearest code on the way down from the role's place that the cluster lists."""
    below = organisation.path[len(held.path) :] if held.stands_over(organisation.path) else ()
    return next((code for code in reversed(below) if code in restriction.organisations), "")


def _order(chain: Chain) -> tuple[bool, int, str, str]:
    return (
        chain.broken is not None,
        -len(chain.holding.path),
        chain.holding.organisation,
        chain.holding.role.value,
    )
