"""User details: what somebody has at one organisation, how a change of it is judged, and what it comes to."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from directory.vocabulary import Cluster, Holding, Organisation, Restriction, Role, Standing
from portal.rules.accounts import Account, may_assign, may_open_details, may_unassign
from portal.rules.actor import Actor
from portal.rules.conditions import Place
from portal.rules.rights import Action, refused_by_table
from portal.rules.roles import offered
from portal.rules.verdict import Refusal


@dataclass(frozen=True, slots=True)
class Details:
    """What somebody has at the organisation of this ODS code.

    `clusters` are ids of that organisation's. `restricted`: roles there reach what those list alone, and with
    none of them nothing; whoever is in one is. Payment types go with the roles: without any there are none.
    """

    organisation: str
    roles: frozenset[Role] = frozenset()
    payment_types: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()
    restricted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "restricted", self.restricted or bool(self.clusters))

    @property
    def fingerprint(self) -> str:
        """The same for the same: whether it is still what somebody saw."""
        facts = (self.organisation, *map(sorted, (self.roles, self.payment_types, self.clusters)))
        return hashlib.sha256(repr((*facts, self.restricted)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """What is there now, and what is to be."""

    before: Details
    after: Details

    @property
    def organisation(self) -> str:
        return self.after.organisation

    @property
    def is_one(self) -> bool:
        return self.before != self.after

    @property
    def given(self) -> tuple[Role, ...]:
        return _sorted(self.after.roles - self.before.roles)

    @property
    def taken(self) -> tuple[Role, ...]:
        return _sorted(self.before.roles - self.after.roles)

    @property
    def new_payment_types(self) -> list[str]:
        return sorted(self.after.payment_types - self.before.payment_types)

    @property
    def old_payment_types(self) -> list[str]:
        return sorted(self.before.payment_types - self.after.payment_types)

    @property
    def restricts(self) -> bool:
        """Whether anything about clusters changes."""
        return (self.before.clusters, self.before.restricted) != (self.after.clusters, self.after.restricted)


def details_of(standing: Standing, payment_types: Collection[str], code: str) -> Details:
    """What the person has there now."""
    here = [one for one in standing.restrictions if one.commissioner == code]
    return Details(
        code,
        frozenset(held.role for held in standing.holdings if held.organisation == code),
        frozenset(payment_types),
        frozenset(one.cluster_id for one in here if one.cluster_id),
        bool(here),
    )


def tidy(wanted: Details) -> Details:
    """Without payment types where there is no role for them to go with."""
    return wanted if wanted.roles else replace(wanted, payment_types=frozenset())


def is_shown(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may set anything there."""
    return refused_by_table(Action.ASSIGN, actor.holding, Place(organisation)) is None


def offered_to(actor: Actor, organisation: Organisation, held: Collection[Role]) -> tuple[Role, ...]:
    """The roles that the actor may tick or untick there: those to be given today, and those held."""
    roles = dict.fromkeys([*offered(organisation), *_sorted(held)])
    return tuple(
        role
        for role in roles
        if refused_by_table(Action.ASSIGN, actor.holding, Place(organisation, role)) is None
    )


def refused(
    actor: Actor,
    account: Account,
    organisation: Organisation,
    change: Change,
    clusters: Iterable[Cluster],
    payment_types: Collection[str],
) -> Refusal | None:
    """Why the actor may not make this change; None when they may.

    `clusters` are the organisation's, `payment_types` those that there are today: what is had stays.
    """
    place = Place(organisation)
    verdicts = [
        may_open_details(actor, account),
        *(may_assign(actor, account, replace(place, role=role)) for role in change.given),
        *(may_unassign(actor, account, replace(place, role=role)) for role in change.taken),
    ]
    if refusal := next((one.refusal for one in verdicts if one.refusal), None):
        return refusal
    if refusal := refused_by_table(Action.ASSIGN, actor.holding, place):
        return refusal
    if not account.standing.is_active:
        return Refusal.APPLICANT_DISABLED
    known = {one.id for one in clusters} | change.before.clusters
    kinds = {*payment_types, *change.before.payment_types}
    strange = change.after.clusters - known or change.after.payment_types - kinds
    return Refusal.NOT_FOR_THIS_ORGANISATION if strange or not _fits(organisation, change) else None


def _fits(organisation: Organisation, change: Change) -> bool:
    """Clusters are a commissioner's, and what has no clusters restricts nobody anew."""
    return organisation.is_commissioner or not change.after.restricted or not change.restricts


def standing_after(
    account: Account,
    changes: Iterable[Change],
    organisations: Iterable[Organisation],
    clusters: Iterable[Cluster],
) -> Standing:
    """The person once the changes are made. `organisations` and `clusters` are those that they name."""
    paths = {one.code: one.path for one in organisations}
    known = {one.id: one for one in clusters}
    held, restrictions = set(account.standing.holdings), set(account.standing.restrictions)
    for one in changes:
        held -= {Holding(role, paths[one.organisation]) for role in one.taken}
        held |= {Holding(role, paths[one.organisation]) for role in one.given}
        restrictions -= {old for old in restrictions if old.commissioner == one.organisation}
        restrictions |= _restrictions(one.after, known.values())
    bare = frozenset(replace(one, only=None) for one in held)
    return replace(account.standing, holdings=bare, restrictions=frozenset(restrictions))


def _restrictions(after: Details, known: Iterable[Cluster]) -> set[Restriction]:
    if not after.restricted:
        return set()
    listed = {
        Restriction(one.commissioner, one.id, one.organisations, one.short_name)
        for one in known
        if one.id in after.clusters
    }
    return {Restriction(after.organisation), *listed}


def _sorted(roles: Iterable[Role]) -> tuple[Role, ...]:
    return tuple(sorted(roles, key=list(Role).index))
