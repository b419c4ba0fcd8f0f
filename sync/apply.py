"""Carries a plan out in Keycloak, as far as this version does: create, finish, update."""

from dataclasses import dataclass

from directory.tree import FactsChange, Placement, Progress, Tree
from directory.tree_read import CurrentTree
from sync.plan import Operation, Plan, PlannedChange


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many organisations were made, finished and updated."""

    created: int
    finished: int
    updated: int


def apply(plan: Plan, tree: Tree, current: CurrentTree, progress: Progress) -> Outcome:
    """Makes the changes of the plan that was worked out from `current`.

    Stopped at any point and run again from a new plan, it ends in the same state. Raises DirectoryError.
    """
    tree.discard(current.duplicates)
    created, finished, updated = (
        plan.of(operation) for operation in (Operation.CREATE, Operation.FINISH, Operation.UPDATE)
    )
    new_ids = {}
    if created:
        new_ids = dict(tree.create([change.organisation for change in created], current, progress))
    ids = {**_ids(current), **new_ids}
    if any(_parent(change) not in ids for change in finished):
        ids = _ids(tree.read())  # it came with a subtree just now
    tree.place([_placement(change, ids) for change in finished], progress)
    tree.update([_facts_change(change) for change in updated], progress)
    return Outcome(len(created), len(finished), len(updated))


def _ids(current: CurrentTree) -> dict[str, str]:
    """Group ids by ODS code, the root's under the empty code."""
    return {"": current.root_id, **{code: each.id for code, each in current.organisations.items()}}


def _parent(change: PlannedChange) -> str:
    return change.organisation.parent or ""


def _placement(change: PlannedChange, ids: dict[str, str]) -> Placement:
    return Placement(ids[change.code], change.code, ids[_parent(change)])


def _facts_change(change: PlannedChange) -> FactsChange:
    assert change.before is not None  # noqa: S101 - an update always has one
    return FactsChange(change.before.id, change.code, change.facts)
