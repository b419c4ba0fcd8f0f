"""Keycloak's tree of organisations in memory: what `directory.tree.Tree` does, without a server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from directory.errors import AlreadyThere, DirectoryUnavailable
from directory.tree import FactsChange
from directory.tree_creation import Progress
from directory.tree_moves import Placement
from directory.tree_read import CurrentTree
from directory.vocabulary import Organisation, OrganisationStatus, OrganisationType

ROOT, TOP = "root", ""


@dataclass
class Group:
    """A group of organisations' tree; `parent` is a group's id, `TOP` for one at the top of the realm."""

    organisation: Organisation
    parent: str
    members: set[str] = field(default_factory=set)


class FakeTree:
    """Takes the calls one by one; `stop_after` lets so many changes through and then goes away."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.made = 0
        self._left: int | None = None

    def stop_after(self, changes: int | None) -> None:
        """None lets everything through again."""
        self._left = changes

    def read(self) -> CurrentTree:
        current = CurrentTree(ROOT)
        self._read(ROOT, (), current)
        strays = [id for id, group in self.groups.items() if group.parent == TOP]
        twice = [id for id in strays if self.groups[id].organisation.code in current.organisations]
        current.duplicates = tuple(twice)
        for stray in set(strays) - set(twice):
            self._add(stray, (), current)
            current.unfinished |= {self.groups[stray].organisation.code}
        return current

    def create(
        self, organisations: Sequence[Organisation], current: CurrentTree, progress: Progress
    ) -> Mapping[str, str]:
        ids = {"": ROOT, **{code: each.id for code, each in current.organisations.items()}}
        made = {}
        for each in sorted(organisations, key=lambda one: len(one.path)):
            self._count()
            parent = ids[each.parent or ""]
            found = self._child(parent, each.code)
            if found is None:
                found = str(uuid4())
                self.groups[found] = Group(each, parent)
            ids[each.code] = made[each.code] = found
            progress(1)
        return made

    def place(self, placements: Sequence[Placement], progress: Progress) -> None:
        for placement in placements:
            try:
                self._move(placement)
            except AlreadyThere:
                del self.groups[placement.id]
            progress(1)

    def move(self, placements: Sequence[Placement], progress: Progress) -> None:
        for placement in placements:
            self._move(placement)
            progress(1)

    def discard(self, duplicates: Sequence[str]) -> None:
        for id in duplicates:
            self._count()
            del self.groups[id]

    def update(self, changes: Sequence[FactsChange], progress: Progress) -> None:
        for change in changes:
            self._count()
            group = self.groups[change.id]
            group.organisation = replace(group.organisation, **_typed(change.facts))
            progress(1)

    def code_of(self, id: str) -> str:
        """The code of a group, or the empty string for the root and the top."""
        return self.groups[id].organisation.code if id in self.groups else ""

    def _move(self, placement: Placement) -> None:
        self._count()
        standing = self._child(placement.parent_id, placement.code)
        if standing not in (None, placement.id):
            raise AlreadyThere(f"{placement.code} stands twice")
        self.groups[placement.id].parent = placement.parent_id

    def _child(self, parent: str, code: str) -> str | None:
        found = (id for id, group in self.groups.items() if group.parent == parent)
        return next((id for id in found if self.code_of(id) == code), None)

    def _count(self) -> None:
        if self._left == 0:
            raise DirectoryUnavailable("gone away, as ordered by the test")
        self._left = None if self._left is None else self._left - 1
        self.made += 1

    def _read(self, id: str, path: tuple[str, ...], current: CurrentTree) -> None:
        for child in [each for each, group in self.groups.items() if group.parent == id]:
            self._add(child, path, current)

    def _add(self, id: str, above: tuple[str, ...], current: CurrentTree) -> None:
        organisation = self.groups[id].organisation
        path = (*above, organisation.code)
        current.organisations[organisation.code] = replace(organisation, path=path, id=id)
        current.descriptions[organisation.code] = organisation.name
        self._read(id, path, current)


_TYPES: Mapping[str, Callable[[str], object]] = {"type": OrganisationType, "status": OrganisationStatus}


def _typed(facts: Mapping[str, str]) -> dict[str, object]:
    return {name: _TYPES.get(name, str)(value) for name, value in facts.items()}
