"""Carries a plan out in Keycloak, in the plan's order: each step when the one before is done."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from directory.tree import FactsChange, Tree
from directory.tree_creation import Progress
from directory.tree_moves import Placement
from directory.tree_read import CurrentTree
from sync.plan import PLACING, Operation, Plan, PlannedChange


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many organisations were changed, by what was done to them."""

    created: int = 0
    finished: int = 0
    updated: int = 0
    moved: int = 0
    closed: int = 0
    reopened: int = 0


def apply(plan: Plan, tree: Tree, current: CurrentTree, progress: Progress) -> Outcome:
    """Makes the changes of the plan that was worked out from `current`.

    Stopped at any point and run again from a new plan, it ends in the same state. Raises DirectoryError.
    """
    tree.discard(current.duplicates)
    ids = _create(plan, tree, current, progress)
    _place(plan.of(*PLACING), tree, ids, progress)
    for operation in (Operation.REOPEN, Operation.UPDATE, Operation.CLOSE):
        tree.update([_facts_change(change) for change in plan.of(operation)], progress)
    counts = plan.counts
    return Outcome(
        created=counts[Operation.CREATE],
        finished=counts[Operation.FINISH],
        updated=counts[Operation.UPDATE],
        moved=counts[Operation.MOVE],
        closed=counts[Operation.CLOSE],
        reopened=counts[Operation.REOPEN],
    )


def _create(plan: Plan, tree: Tree, current: CurrentTree, progress: Progress) -> Callable[[str], str]:
    """Makes what is new; gives the group's id for the code of whatever is then there."""
    created = [change.organisation for change in plan.of(Operation.CREATE)]
    new_ids = dict(tree.create(created, current, progress)) if created else {}
    ids = {**_ids(current), **new_ids}
    if any(_parent(change) not in ids for change in plan.of(*PLACING)):
        ids = _ids(tree.read())  # it came with a subtree just now
    return ids.__getitem__


def _place(changes: list[PlannedChange], tree: Tree, id_of: Callable[[str], str], progress: Progress) -> None:
    """From the top down, a level at a time: so whatever is put somewhere never stands above that place."""
    for _, level in groupby(changes, key=lambda change: len(change.organisation.path)):
        found = list(level)
        for operation, put in ((Operation.FINISH, tree.place), (Operation.MOVE, tree.move)):
            chosen = [change for change in found if change.operation is operation]
            put([Placement(id_of(each.code), each.code, id_of(_parent(each))) for each in chosen], progress)


def _ids(current: CurrentTree) -> dict[str, str]:
    """Group ids by ODS code, the root's under the empty code."""
    return {"": current.root_id, **{code: each.id for code, each in current.organisations.items()}}


def _parent(change: PlannedChange) -> str:
    return change.organisation.parent or ""


def _facts_change(change: PlannedChange) -> FactsChange:
    assert change.before is not None  # noqa: S101 - whatever is changed was there before
    name = change.organisation.name
    return FactsChange(change.before.id, change.code, change.facts, name)
