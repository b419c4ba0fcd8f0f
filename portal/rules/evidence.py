"""What to show an approver beside a decision: plain facts about the applicant, and warnings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from directory.vocabulary import Holding, Role
from portal.rules.decisions import Ask
from portal.rules.mailboxes import is_same, is_shared

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
    """What the evidence is worked out from: the organisation's people, the applicant's roles and past.

    `asked` is what else the applicant asks for and waits for. `seen` are the ODS codes of the organisations
    that the viewer stands over: what the applicant is elsewhere is told by number, without place or reason.
    """

    colleagues: Sequence[Colleague] = ()
    holdings: frozenset[Holding] = frozenset()
    asked: frozenset[Holding] = frozenset()
    rejections: Sequence[Rejection] = ()
    seen: frozenset[str] = frozenset()


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

    `held` and `asked` are the other tier's roles that they hold or ask for where the viewer sees it;
    `elsewhere` is how many there are besides.
    """

    held: tuple[Holding, ...]
    asked: tuple[Holding, ...] = ()
    elsewhere: int = 0
    is_warning: bool = True


@dataclass(frozen=True, slots=True)
class OtherRoles:
    """The roles that the person holds already, `elsewhere` being a number; none for somebody new."""

    held: tuple[Holding, ...]
    elsewhere: int = 0
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class RoleHolders:
    """Who holds the role asked for at this organisation already, by name."""

    names: tuple[str, ...]
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class EarlierRejections:
    """The person's rejected requests, the latest first; a warning when one was for the same thing.

    `elsewhere` is how many there are at organisations that the viewer doesn't stand over.
    """

    rejections: tuple[Rejection, ...]
    is_warning: bool
    elsewhere: int = 0


Finding = EmailDomain | SharedMailbox | BothTiers | OtherRoles | RoleHolders | EarlierRejections


def evidence(ask: Ask, facts: Facts) -> tuple[Finding, ...]:
    """What to show beside the decision on `ask`, warnings first."""
    return tuple(sorted(_findings(ask, facts), key=lambda finding: not finding.is_warning))


def _findings(ask: Ask, facts: Facts) -> Iterator[Finding]:
    others = [colleague for colleague in facts.colleagues if not _is_applicant(colleague, ask)]
    if is_shared(ask.applicant_email):
        yield SharedMailbox(ask.applicant_email)
    yield from _both_tiers(ask, facts)
    yield _domain(ask.applicant_email, others)
    held = _seen(facts.holdings, facts)
    yield OtherRoles(held, len(facts.holdings) - len(held))
    yield RoleHolders(tuple(sorted(other.name for other in others if ask.role in other.roles)))
    yield from _rejections(ask, facts)


def _is_applicant(colleague: Colleague, ask: Ask) -> bool:
    return colleague.id == ask.applicant_id or is_same(colleague.email, ask.applicant_email)


def _domain(email: str, others: Sequence[Colleague]) -> EmailDomain:
    domain = _domain_of(email)
    return EmailDomain(domain, sum(_domain_of(other.email) == domain for other in others), len(others))


def _domain_of(email: str) -> str:
    return email.strip().lower().rpartition("@")[2]


def _both_tiers(ask: Ask, facts: Facts) -> Iterator[BothTiers]:
    other_tier = TIERS - {ask.role} if ask.role in TIERS else frozenset()
    held = frozenset(holding for holding in facts.holdings if holding.role in other_tier)
    asked = frozenset(holding for holding in facts.asked if holding.role in other_tier)
    if held or asked:
        shown = _seen(held, facts), _seen(asked, facts)
        yield BothTiers(*shown, elsewhere=len(held) + len(asked) - sum(map(len, shown)))


def _rejections(ask: Ask, facts: Facts) -> Iterator[EarlierRejections]:
    here = [rejection for rejection in facts.rejections if rejection.organisation_code in facts.seen]
    same = any(one.organisation_code == ask.organisation.code and one.role is ask.role for one in here)
    if facts.rejections:
        latest_first = tuple(sorted(here, key=lambda one: one.at, reverse=True))
        yield EarlierRejections(latest_first, same, len(facts.rejections) - len(here))


def _seen(holdings: frozenset[Holding], facts: Facts) -> tuple[Holding, ...]:
    shown = (holding for holding in holdings if holding.organisation in facts.seen)
    return tuple(sorted(shown, key=lambda holding: (holding.path, holding.role)))
