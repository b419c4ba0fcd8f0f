"""Carries a plan out in Keycloak, as far as this version does: create, finish, update."""

from dataclasses import dataclass

from directory.tree import FactsChange, Placing, Progress, Tree
from directory.tree_read import Present
from sync.plan import Change, ChangeKind, Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many organisations were made, finished and updated."""

    created: int
    finished: int
    updated: int

    @property
    def changed_nothing(self) -> bool:
        return not (self.created or self.finished or self.updated)


def apply(plan: Plan, tree: Tree, present: Present, progress: Progress) -> Outcome:
    """Makes the changes of the plan that was worked out from `present`.

    Stopped at any point and run again from a new plan, it ends in the same state. Raises DirectoryError.
    """
    tree.discard(present.doubles)
    created, finished, updated = (
        plan.of(kind) for kind in (ChangeKind.CREATE, ChangeKind.FINISH, ChangeKind.UPDATE)
    )
    made = {}
    if created:
        made = dict(tree.create([change.organisation for change in created], present, progress))
    ids = {**_ids(present), **made}
    if any(_parent(change) not in ids for change in finished):
        ids = _ids(tree.present())  # it came with a subtree just now
    tree.finish([_placing(change, ids) for change in finished], progress)
    tree.update([_facts_change(change) for change in updated], progress)
    return Outcome(len(created), len(finished), len(updated))


def _ids(present: Present) -> dict[str, str]:
    """Group ids by ODS code, the root's under the empty code."""
    return {"": present.root, **{code: each.id for code, each in present.organisations.items()}}


def _parent(change: Change) -> str:
    return change.organisation.parent or ""


def _placing(change: Change, ids: dict[str, str]) -> Placing:
    return Placing(ids[change.code], change.code, ids[_parent(change)])


def _facts_change(change: Change) -> FactsChange:
    assert change.before is not None  # noqa: S101 - an update always has one
    return FactsChange(change.before.id, change.code, change.facts)
