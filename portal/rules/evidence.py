"""What to show an approver beside a decision: plain facts about the applicant, and warnings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from directory.vocabulary import Holding, Role
from portal.rules.decisions import Ask
from portal.rules.mailboxes import is_shared

TIERS = frozenset({Role.COMMISSIONER_USER, Role.COMMISSIONER_APPROVER})


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who holds roles at exactly the organisation asked for."""

    id: str
    name: str
    email: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Rejection:
    """An earlier request of the same person that was rejected."""

    organisation_code: str
    role: Role
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the evidence is worked out from: the organisation's people, the applicant's roles and past."""

    colleagues: Sequence[Colleague] = ()
    holdings: frozenset[Holding] = frozenset()
    rejections: Sequence[Rejection] = ()


@dataclass(frozen=True, slots=True)
class EmailDomain:
    """How many of the organisation's `others` share the applicant's e-mail `domain`.

    `is_warning`: there are others, and not one of them has it.
    """

    domain: str
    same: int
    others: int

    @property
    def is_warning(self) -> bool:
        return self.others > 0 and self.same == 0


@dataclass(frozen=True, slots=True)
class SharedMailbox:
    """The address looks like a mailbox that several people read, so nobody would know who signed in."""

    email: str
    is_warning: bool = True


@dataclass(frozen=True, slots=True)
class BothTiers:
    """The person would be Commissioner User (Tier 1) and Commissioner Approver (Tier 2) at once.

    `held` are the other tier's roles that they hold, wherever.
    """

    held: tuple[Holding, ...]
    is_warning: bool = True


@dataclass(frozen=True, slots=True)
class OtherRoles:
    """The roles that the person holds already; empty for somebody new."""

    held: tuple[Holding, ...]
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class RoleHolders:
    """Who holds the role asked for at this organisation already, by name."""

    names: tuple[str, ...]
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class EarlierRejections:
    """The person's rejected requests, the latest first; a warning when one was for the same thing."""

    rejections: tuple[Rejection, ...]
    is_warning: bool


Finding = EmailDomain | SharedMailbox | BothTiers | OtherRoles | RoleHolders | EarlierRejections


def evidence(ask: Ask, facts: Facts) -> tuple[Finding, ...]:
    """What to show beside the decision on `ask`, warnings first."""
    return tuple(sorted(_findings(ask, facts), key=lambda finding: not finding.is_warning))


def _findings(ask: Ask, facts: Facts) -> Iterator[Finding]:
    others = [colleague for colleague in facts.colleagues if not _is_applicant(colleague, ask)]
    if is_shared(ask.applicant_email):
        yield SharedMailbox(ask.applicant_email)
    yield from _both_tiers(ask, facts.holdings)
    yield _domain(ask.applicant_email, others)
    yield OtherRoles(_sorted(facts.holdings))
    yield RoleHolders(tuple(sorted(other.name for other in others if ask.role in other.roles)))
    yield from _rejections(ask, facts.rejections)


def _is_applicant(colleague: Colleague, ask: Ask) -> bool:
    return colleague.id == ask.applicant_id or colleague.email.lower() == ask.applicant_email.lower()


def _domain(email: str, others: Sequence[Colleague]) -> EmailDomain:
    domain = _domain_of(email)
    return EmailDomain(domain, sum(_domain_of(other.email) == domain for other in others), len(others))


def _domain_of(email: str) -> str:
    return email.strip().lower().rpartition("@")[2]


def _both_tiers(ask: Ask, holdings: frozenset[Holding]) -> Iterator[BothTiers]:
    other_tier = TIERS - {ask.role} if ask.role in TIERS else frozenset()
    if held := _sorted(frozenset(holding for holding in holdings if holding.role in other_tier)):
        yield BothTiers(held)


def _rejections(ask: Ask, rejections: Sequence[Rejection]) -> Iterator[EarlierRejections]:
    same = any(
        rejection.organisation_code == ask.organisation.code and rejection.role is ask.role
        for rejection in rejections
    )
    if rejections:
        yield EarlierRejections(tuple(sorted(rejections, key=lambda one: one.at, reverse=True)), same)


def _sorted(holdings: frozenset[Holding]) -> tuple[Holding, ...]:
    return tuple(sorted(holdings, key=lambda holding: (holding.path, holding.role)))
