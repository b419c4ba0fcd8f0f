"""How to cut many new organisations into requests: pure.

Keycloak imports a whole subtree in one request many times faster than group by group, but the time of such
a request grows with the square of its groups, and it can only make a subtree at the top of the realm, from
where its root is then moved. So a subtree is worth a request when it is neither tiny nor huge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from directory.vocabulary import Organisation

SMALLEST = 5  # below, an import and a move cost more than single calls
COMFORTABLE = 100  # above, a subtree is cut below its root when that leaves sizeable parts
LARGEST = 1000  # above, it is always cut
SIZEABLE = 10


@dataclass(slots=True)
class Subtree:
    """A new organisation with the new ones below it; `size` counts them all."""

    organisation: Organisation
    below: list["Subtree"] = field(default_factory=list)
    size: int = 1


@dataclass(frozen=True, slots=True)
class Split:
    """`singles` by depth, parents first, each made by its own call; then `subtrees`, largest first."""

    singles: tuple[tuple[Organisation, ...], ...]
    subtrees: tuple[Subtree, ...]


def split(organisations: Sequence[Organisation], *, import_subtrees: bool) -> Split:
    """Which to make singly and which together; all singly unless subtrees can be imported."""
    singles: list[Organisation] = []
    subtrees: list[Subtree] = []
    for top in _forest(organisations):
        for node, is_subtree in _cut(top, import_subtrees):
            if is_subtree:
                subtrees.append(node)
            else:
                singles.append(node.organisation)
    subtrees.sort(key=lambda node: -node.size)
    return Split(_by_depth(singles), tuple(subtrees))


def _forest(organisations: Sequence[Organisation]) -> list[Subtree]:
    nodes = {organisation.code: Subtree(organisation) for organisation in organisations}
    tops: list[Subtree] = []
    for node in sorted(nodes.values(), key=lambda each: -len(each.organisation.path)):
        above = nodes.get(node.organisation.parent or "")
        if above is None:
            tops.append(node)
        else:
            above.below.append(node)
            above.size += node.size
    return tops


def _cut(node: Subtree, import_subtrees: bool) -> Iterator[tuple[Subtree, bool]]:
    if import_subtrees and node.size >= SMALLEST and not _better_cut(node):
        yield node, True
        return
    yield node, False
    for below in node.below:
        yield from _cut(below, import_subtrees)


def _better_cut(node: Subtree) -> bool:
    average = node.size / max(len(node.below), 1)
    return node.size > LARGEST or (node.size > COMFORTABLE and average >= SIZEABLE)


def _by_depth(organisations: Sequence[Organisation]) -> tuple[tuple[Organisation, ...], ...]:
    depths: dict[int, list[Organisation]] = {}
    for organisation in organisations:
        depths.setdefault(len(organisation.path), []).append(organisation)
    return tuple(tuple(depths[depth]) for depth in sorted(depths))
