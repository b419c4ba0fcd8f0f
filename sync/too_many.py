"""Whether a plan closes or moves so many that somebody has to look first: it may come of a wrong file. Pure.

Of all organisations together, with those below a moved one, which go along; and of each type by itself, as a
list of the forty ICBs can be wrong from end to end and be three in a thousand of the country.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from directory.tree_read import CurrentTree
from directory.vocabulary import UNLISTED, Organisation, OrganisationType
from sync.notice import touched_codes
from sync.plan import Operation, Plan

ONE_OR_TWO = 2  # changes, whatever they are: no list goes wrong so little
FEW = 20  # a share of a handful says nothing
_FEW_OF_A_TYPE = {
    OrganisationType.REGION: ("regions", ONE_OR_TWO),
    OrganisationType.ICB: ("ICBs", ONE_OR_TWO),
    OrganisationType.SUB_ICB: ("sub-ICB locations", ONE_OR_TWO),
    OrganisationType.PROVIDER: ("practices and prescribing sites", FEW),
    OrganisationType.BRANCH: ("branches", FEW),
}


def too_many(plan: Plan, current: CurrentTree, share: float) -> str:
    """Of what more than `share` per cent, and more than a few, would close or move; empty where none is."""
    if len(_named(plan)) <= ONE_OR_TWO:
        return ""
    return "; ".join(str(each) for each in _affected(plan, current) if each.exceeds(share))


@dataclass(frozen=True, slots=True)
class _Affected:
    """How many of these would close or move, of those that are open now."""

    what: str
    count: int
    open_now: int
    few: int

    @property
    def share(self) -> float:
        return 100 * self.count / max(self.open_now, 1)

    def exceeds(self, share: float) -> bool:
        return self.count > self.few and self.share > share

    def __str__(self) -> str:
        of = f"{self.count:,} of {self.open_now:,} open {self.what}"
        return f"{of} would close or move, {self.share:.0f} per cent"


def _named(plan: Plan) -> set[str]:
    return {change.code for change in plan.of(Operation.CLOSE, Operation.MOVE)}


def _affected(plan: Plan, current: CurrentTree) -> Iterator[_Affected]:
    named = _named(plan)
    touched = touched_codes(plan, current)
    along = {code for each in named for code in touched[each]}
    is_open = {code: each for code, each in current.organisations.items() if each.is_open}
    yield _Affected("organisations", len(along & is_open.keys()), len(is_open), FEW)
    for kind, (what, few) in _FEW_OF_A_TYPE.items():
        of_kind = {code for code, each in is_open.items() if each.type is kind and not _is_unlisted(each)}
        yield _Affected(what, len(named & of_kind), len(of_kind), few)


def _is_unlisted(organisation: Organisation) -> bool:
    """It has the type of a region until a list tells what it is."""
    return UNLISTED in (organisation.code, organisation.parent)
