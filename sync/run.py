"""One run from files to plan, and the plan carried out: what the command line and the sample load share."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from directory.tree import Tree
from directory.tree_creation import Progress
from directory.tree_read import CurrentTree
from sync.apply import Outcome, apply
from sync.desired import TookOver, desired, with_successors
from sync.errors import BrokenFiles, Problem
from sync.files import read
from sync.parents import checked
from sync.plan import Plan, plan
from sync.records import Listing, parse


@dataclass(frozen=True, slots=True)
class Comparison:
    """The files against Keycloak: what they listed, what is there, and the plan between."""

    listings: tuple[Listing, ...]
    current: CurrentTree
    plan: Plan


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """A country's records are all needed to the end: to look through them for garbage, again and again, took
    a third of our own time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


@_nothing_thrown_away()
def load(paths: Sequence[Path], others: Sequence[Listing] = ()) -> tuple[Listing, ...]:
    """The records of all files, and of `others` beside them.

    Raises BrokenFiles with the problems of all of them together.
    """
    listings: list[Listing] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            listings.append(parse(read(path)))
        except BrokenFiles as broken:
            problems.extend(broken.problems)
    if problems:
        raise BrokenFiles(problems)
    listings.extend(others)
    checked(listings)  # codes given twice and loops of parents show here, before Keycloak is asked
    return tuple(listings)


@_nothing_thrown_away()
def compare(listings: Sequence[Listing], tree: Tree, took_over: TookOver = lambda _: {}) -> Comparison:
    """Reads Keycloak and works out the plan; writes nothing. Raises BrokenFiles, DirectoryError.

    `took_over` is asked for the successors of those that close: no list of organisations has them.
    """
    current = tree.read()
    wanted = with_successors(desired(listings, current.organisations), current.organisations, took_over)
    return Comparison(tuple(listings), current, plan(wanted, current))


@_nothing_thrown_away()
def carry_out(comparison: Comparison, tree: Tree, progress: Progress) -> Outcome:
    """Makes the changes of the plan. Raises DirectoryError; run again from `compare`, it goes on."""
    return apply(comparison.plan, tree, comparison.current, progress)
