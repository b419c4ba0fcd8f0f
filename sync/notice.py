"""Who would notice a plan: the people, requests, clusters and approval levels that it touches. Pure.

A closure, a move and a reopening are noticed: those at the organisation, and by a move those below it too.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from directory.tree_read import CurrentTree
from directory.vocabulary import ApprovalLevel, Cluster, Organisation
from sync.plan import Operation, Plan, PlannedChange

NOTICED = (Operation.MOVE, Operation.CLOSE, Operation.REOPEN)


@dataclass(frozen=True, slots=True)
class Facts:
    """What hangs on organisations, by ODS code: ids of people, short names of clusters, open requests.

    `requests` is None where nobody could be asked.
    """

    people: Mapping[str, frozenset[str]] = field(default_factory=dict)
    clusters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    requests: Mapping[str, int] | None = None


@dataclass(slots=True)
class Noticed:
    """What one commissioner would see change; `code` is empty for the top of the tree."""

    code: str
    name: str
    moves_away: int = 0
    arrives: int = 0
    closes: int = 0
    reopens: int = 0
    multi_level: int = 0
    requests: int | None = None
    people: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)

    def told(self) -> dict[str, Any]:
        """People and clusters are counted."""
        return {
            "commissioner": self.code,
            "name": self.name,
            "moves_away": self.moves_away,
            "arrives": self.arrives,
            "closes": self.closes,
            "reopens": self.reopens,
            "people": len(self.people),
            "multi_level": self.multi_level,
            "clusters": len(self.clusters),
            "requests": self.requests,
        }


def touched_codes(plan: Plan, current: CurrentTree) -> dict[str, tuple[str, ...]]:
    """By each organisation that moves, closes or reopens, the codes of all that notice: itself first."""
    below: dict[str, list[str]] = defaultdict(list)
    moving = {change.code for change in plan.of(Operation.MOVE)}
    for code, each in current.organisations.items():
        for above in moving.intersection(each.path[:-1]):
            below[above].append(code)
    return {change.code: (change.code, *below[change.code]) for change in plan.of(*NOTICED)}


def listed_in(clusters: Iterable[Cluster]) -> dict[str, frozenset[str]]:
    """The short names of the clusters that list each organisation."""
    found: dict[str, set[str]] = defaultdict(set)
    for cluster in clusters:
        for code in cluster.organisations:
            found[code].add(cluster.short_name)
    return {code: frozenset(names) for code, names in found.items()}


def noticed(plan: Plan, current: CurrentTree, facts: Facts) -> list[Noticed]:
    """By the commissioner that each stands below now, those with most people first."""
    rows: dict[str, Noticed] = {}
    touched = touched_codes(plan, current)
    new = {change.code: change.organisation for change in plan.changes}

    def row(code: str) -> Noticed:
        if code not in rows:
            known = current.organisations.get(code) or new.get(code)
            name = known.name if known else "The top of the tree"
            rows[code] = Noticed(code, name, requests=None if facts.requests is None else 0)
        return rows[code]

    for change in plan.of(*NOTICED):
        assert change.before is not None  # noqa: S101 - whatever moves, closes or reopens was there before
        _count(row(_above(change.before, current, new)), change, touched[change.code], current, facts)
        if change.operation is Operation.MOVE:
            row(_above(change.organisation, current, new)).arrives += 1
    return sorted(rows.values(), key=lambda one: (-len(one.people), one.code))


def _above(organisation: Organisation, current: CurrentTree, new: Mapping[str, Organisation]) -> str:
    """The nearest above it that is no provider itself; empty at the top of the tree."""
    for code in reversed(organisation.path[:-1]):
        known = new.get(code) or current.organisations.get(code)
        if known is None or not known.is_provider:
            return code
    return ""


def _count(
    row: Noticed, change: PlannedChange, codes: Iterable[str], current: CurrentTree, facts: Facts
) -> None:
    row.moves_away += change.operation is Operation.MOVE
    row.closes += change.operation is Operation.CLOSE
    row.reopens += change.operation is Operation.REOPEN
    for code in codes:
        row.people |= facts.people.get(code, frozenset())
        row.clusters |= facts.clusters.get(code, frozenset())
        row.multi_level += _is_multi_level(current.organisations.get(code))
        if facts.requests is not None:
            row.requests = (row.requests or 0) + facts.requests.get(code, 0)


def of_changes(plan: Plan, current: CurrentTree, facts: Facts) -> dict[str, dict[str, Any]]:
    """What hangs on each organisation that moves, closes or reopens, by code: columns of the plan in full."""
    found = {}
    for code, codes in touched_codes(plan, current).items():
        people = frozenset[str]().union(*(facts.people.get(one, frozenset()) for one in codes))
        clusters = frozenset[str]().union(*(facts.clusters.get(one, frozenset()) for one in codes))
        asked = None if facts.requests is None else sum(facts.requests.get(one, 0) for one in codes)
        multi = sum(_is_multi_level(current.organisations.get(one)) for one in codes)
        found[code] = {
            "people": len(people),
            "multi_level": multi,
            "clusters": sorted(clusters),
            "requests": asked,
        }
    return found


def _is_multi_level(organisation: Organisation | None) -> bool:
    return organisation is not None and organisation.approval_level is ApprovalLevel.MULTI
